import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const rootFolder = join(import.meta.dirname, '..', '..', '..');

describe('the linter', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lint-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function lint(text: string): Promise<{ readonly passed: boolean; readonly output: string }> {
    const file = join(folder, 'packages', 'engine', 'src', 'step.ts');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${text}\n`);
    const { status, stdout } = spawnSync(
      join(rootFolder, 'node_modules', '.bin', 'oxlint'),
      ['--config', join(rootFolder, '.oxlintrc.json'), file],
      { encoding: 'utf8', cwd: folder },
    );
    return { passed: status === 0, output: stdout };
  }

  test.each([
    ['the environment', `export const key = process.env['KEY'];`, 'take the value as an argument'],
    ['a part of the environment', 'export const { env } = process;', 'take the value as an argument'],
    ['arguments', 'export const [first] = process.argv;', 'take the value as an argument'],
    ['signals', `process.on('SIGTERM', () => {});`, 'give back a close()'],
    ['the exit code', 'process.exitCode = 1;', 'return the failure or throw'],
    ['the process by import', `export { env } from 'node:process';`, 'Use the global `process`'],
  ])('keeps %s to src/main.ts of an app and says what to do', async (_, text, remedy) => {
    expect(await lint(text)).toEqual({ passed: false, output: expect.stringContaining(remedy) });
  });

  test('leaves the rest of the process to everybody', async () => {
    expect(await lint('export const program = process.execPath;')).toMatchObject({ passed: true });
  });
});
