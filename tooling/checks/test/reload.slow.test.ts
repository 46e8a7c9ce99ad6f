import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';

const rootFolder = join(import.meta.dirname, '..', '..', '..');
const apps = readdirSync(join(rootFolder, 'apps')).filter((app) =>
  existsSync(join(rootFolder, 'apps', app, 'package.json')),
);
/** An app takes seconds to load where other tests keep both cores busy. */
const patience = { timeout: 50_000, interval: 500 };
const manifestSchema = z.object({ scripts: z.object({ dev: z.string() }) });

// A copy of the tree is edited, so that nobody who works in the tree is disturbed.
describe('development', () => {
  let folder = '';

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'reload-')));
    for (const group of ['apps', 'packages', 'tooling']) {
      cpSync(join(rootFolder, group), join(folder, group), {
        recursive: true,
        // Packages of the workspace link to each other relatively: in the copy, to the copies.
        verbatimSymlinks: true,
        filter: (path) => !['dist', '.turbo'].includes(basename(path)),
      });
    }
    symlinkSync(join(rootFolder, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each(apps)('starts %s again with what changed in a package that it loads', async (app) => {
    const home = join(folder, 'apps', app);
    const { scripts } = manifestSchema.parse(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')));
    // A process group of its own, so that the shell, the watching Node and the app can be ended together.
    const development = spawn('sh', ['-c', scripts.dev], {
      cwd: home,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without settings, the app says so and leaves a sandbox alone that somebody may be running.
      env: { ...process.env, ADAPTER_CONFIG: join(folder, 'no-such-file.yaml') },
    });
    const ended = once(development, 'close');
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    development.stdout.on('data', collect);
    development.stderr.on('data', collect);
    try {
      // Before it says what is wrong with its settings, the app has loaded all that it loads.
      await expect.poll(() => output, patience).not.toBe('');
      const edit = `edited for ${app}`;
      const edited = join(folder, 'packages', 'core', 'src', 'domain', 'index.ts');
      let lengthAtEdit: number | undefined;
      const outputAfterEdit = (): string => {
        // The watching Node hears of a loaded file some time after the app has it: an edit before that is repeated.
        // Only a restart after the edit counts: Node also restarts when anybody touches a file of a library that it
        // watches, as an installation beside it does.
        if (lengthAtEdit === undefined || !output.includes('Restarting', lengthAtEdit)) {
          lengthAtEdit = output.length;
          appendFileSync(edited, `\nconsole.log('${edit}');\n`);
        }
        return output;
      };
      await expect.poll(outputAfterEdit, patience).toContain(edit);
      expect(output.indexOf('Restarting')).toBeLessThan(output.indexOf(edit));
    } finally {
      if (development.pid !== undefined && development.exitCode === null)
        process.kill(-development.pid, 'SIGKILL');
      await ended;
    }
  });
});
