import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Every program that somebody starts, by the name that it has for them. */
const PROGRAMS = {
  'agrenting-hiclaw': 'apps/cli',
  'mcp-client': 'apps/mcp-client',
  bridge: 'apps/bridge',
  poller: 'apps/poller',
  'admin-api': 'apps/admin-api',
} as const;

/** Makes the process believe that it is an older Node. */
const as = (version: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  )}`;

describe.each(Object.entries(PROGRAMS))('%s under an older Node', (name, folder) => {
  const main = `${ROOT}${folder}/src/main.ts`;

  test.each(['12.22.12', '18.20.4', '22.12.0'])('%s says in one line what to do', async (version) => {
    const run = new AppProcess({ main, preloads: [as(version)] });
    expect(await run.ended()).toBe(2);
    expect(run.output).toBe(
      `${name} needs Node 24 or newer, and this is Node ${version}: install one from https://nodejs.org, and run the same again.\n`,
    );
  });

  test('begins with a file that any Node can read, and loads the rest behind it', async () => {
    const code = await readFile(main, 'utf8');
    expect(code.match(/^import .*$/gm)).toEqual([
      "import { refusesNode } from '@agrenting-hiclaw/runtime/node-version';",
    ]);
    expect(code).not.toMatch(/\bawait\b|\?\.|\?\?|\busing\b/);
  });
});

test('what says so uses nothing younger than Node 12', async () => {
  const code = await readFile(`${ROOT}packages/runtime/src/node-version.ts`, 'utf8');
  expect(code).not.toMatch(/^import |\bawait\b|\?\.|\?\?|\busing\b|\.at\(|replaceAll|structuredClone/m);
});
