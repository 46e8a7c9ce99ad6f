import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const VITEST = `${ROOT}node_modules/vitest/vitest.mjs`;

/** Where `Date.parse` must not stand: it takes a time without a zone for local. */
const PRODUCTION = ['packages', 'apps'];
/** Runs in a browser, and reads what our own API says. */
const BROWSER = 'packages/console/src';

/** The tests of everything that turns texts into times. */
const FILES = [
  'packages/core/src/domain/text/time.test.ts',
  'packages/core/src/domain/parsers',
  'packages/core/src/agrenting/retry-after.test.ts',
  'packages/git/src/apply/patch.test.ts',
];

test('nothing but `parseTimeMs` makes a time of a text', async () => {
  const found: string[] = [];
  for (const group of PRODUCTION) {
    for (const name of await readdir(`${ROOT}${group}`)) {
      const source = `${group}/${name}/src`;
      if (source === BROWSER) continue;
      for (const file of await readdir(`${ROOT}${source}`, { recursive: true })) {
        if (!/\.tsx?$/.test(file) || /\.test\.|(?:^|\/)(?:test|testing)\//.test(file)) continue;
        const text = await readFile(`${ROOT}${source}/${file}`, 'utf8');
        if (/Date\.parse\(|z\.coerce\.date\(/.test(text)) found.push(`${source}/${file}`);
      }
    }
  }
  expect(found).toEqual([]);
});

test.for(['Asia/Shanghai', 'America/St_Johns', 'Pacific/Kiritimati'])(
  'times are read the same where this process runs in %s',
  async (zone) => {
    const { NODE_OPTIONS: _, ...environment } = process.env;
    const folder = await mkdtemp(join(tmpdir(), 'time-zone-'));
    const report = join(folder, 'report.json');
    await promisify(execFile)(
      process.execPath,
      [VITEST, 'run', '--reporter=json', `--outputFile=${report}`, ...FILES],
      { cwd: ROOT, env: { ...environment, TZ: zone } },
    );
    const { numFailedTests, numPassedTests } = JSON.parse(await readFile(report, 'utf8'));
    await rm(folder, { recursive: true });
    expect(numFailedTests).toBe(0);
    expect(numPassedTests).toBeGreaterThan(60);
  },
);
