import { spawnSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test as base } from 'vitest';
import { ReservedSecretFile, secretsLeftBeside } from './reserved-secret-file.ts';

const test = base.extend<{ folder: string }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the fixtures that are wanted from this pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'reserved-secret-'));
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

describe('a reserved secret file', () => {
  test.for(['with a former secret', 'without one'])(
    'takes the secret for its owner only, %s',
    async (how, { folder, expect }) => {
      const file = join(folder, 'agents', 'alice.key');
      if (how === 'with a former secret') {
        await mkdir(join(folder, 'agents'));
        await writeFile(file, 'old\n', { mode: 0o644 });
      }
      const reserved = await ReservedSecretFile.reserve(file);
      await reserved.keep('new');
      expect(await readFile(file, 'utf8')).toBe('new\n');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readdir(join(folder, 'agents'))).toEqual(['alice.key']);
    },
  );

  test('leaves what was there when no secret came', async ({ folder, expect }) => {
    const file = join(folder, 'alice.key');
    await writeFile(file, 'old\n');
    const reserved = await ReservedSecretFile.reserve(file);
    await reserved.release();
    expect(await readFile(file, 'utf8')).toBe('old\n');
    expect(await readdir(folder)).toEqual(['alice.key']);
  });

  test('is of one run at a time', async ({ folder, expect }) => {
    const file = join(folder, 'alice.key');
    const one = await ReservedSecretFile.reserve(file);
    await expect(ReservedSecretFile.reserve(file)).rejects.toMatchObject({ kind: 'conflict' });
    await one.keep('the key');
    await (await ReservedSecretFile.reserve(file)).release();
    expect(await readFile(file, 'utf8')).toBe('the key\n');
    expect(await readdir(folder)).toEqual(['alice.key']);
  });

  test('is not held by a process that is no more', async ({ folder, expect }) => {
    const file = join(folder, 'alice.key');
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    // In a container the next process may have the number of the one before.
    for (const pid of [gone, process.pid]) {
      await writeFile(`${file}.lock`, String(pid));
      await (await ReservedSecretFile.reserve(file)).release();
    }
    await writeFile(`${file}.lock`, '');
    await expect(ReservedSecretFile.reserve(file)).rejects.toMatchObject({
      kind: 'conflict',
      remedy: expect.stringContaining(`${file}.lock`),
    });
  });

  test('is not reserved while an earlier run has left a secret, which stays and is named', async ({
    folder,
    expect,
  }) => {
    const file = join(folder, 'alice.key');
    await writeFile(file, 'present\n');
    // Killed between writing and cutting the rest off.
    await writeFile(`${file}.new-1`, `received\n${'\n'.repeat(4000)}`);
    await writeFile(`${file}.new-2`, '\n'.repeat(4000));
    expect(await secretsLeftBeside(file)).toEqual([`${file}.new-1`]);
    await expect(ReservedSecretFile.reserve(file)).rejects.toMatchObject({
      kind: 'conflict',
      remedy: expect.stringContaining(`${file}.new-1`),
    });
    expect(await readFile(file, 'utf8')).toBe('present\n');
    expect(await readdir(folder)).toEqual(['alice.key', 'alice.key.new-1', 'alice.key.new-2']);
  });

  test('keeps an answer that was not understood beside it', async ({ folder, expect }) => {
    const file = join(folder, 'alice.key');
    await writeFile(file, 'old\n');
    const answer = await (await ReservedSecretFile.reserve(file)).keepAnswer('{"odd":"key"}');
    expect(await readFile(answer, 'utf8')).toBe('{"odd":"key"}\n');
    expect(await readFile(file, 'utf8')).toBe('old\n');
    expect(await readdir(folder)).toHaveLength(2);
  });

  test('is replaced where a link leads to it', async ({ folder, expect }) => {
    const file = join(folder, 'alice.key');
    await writeFile(join(folder, 'real.key'), 'old\n');
    await symlink(join(folder, 'real.key'), file);
    await (await ReservedSecretFile.reserve(file)).keep('new');
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'real.key'), 'utf8')).toBe('new\n');
  });

  test.for([
    ['a folder that is a file', 'notes.txt/alice.key'],
    ['a folder that takes no files', '/proc/alice.key'],
    ['a folder with its name', 'taken'],
  ] as const)(
    'cannot be %s, and says so before anything is asked for',
    async ([, name], { folder, expect }) => {
      await writeFile(join(folder, 'notes.txt'), 'x');
      await mkdir(join(folder, 'taken'));
      const file = name.startsWith('/') ? name : join(folder, name);
      await expect(ReservedSecretFile.reserve(file)).rejects.toMatchObject({
        kind: 'misconfigured',
        message: expect.stringContaining(`${file} cannot be written`),
        remedy: expect.stringContaining('Nothing was asked of the other side'),
      });
    },
  );
});
