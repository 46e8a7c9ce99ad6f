import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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

  test('does not share its place with another run', async ({ folder, expect }) => {
    const file = join(folder, 'alice.key');
    const one = await ReservedSecretFile.reserve(file);
    const other = await ReservedSecretFile.reserve(file);
    await one.keep('the key');
    await other.release();
    expect(await readFile(file, 'utf8')).toBe('the key\n');
    expect(await readdir(folder)).toEqual(['alice.key']);
  });

  test('finds what an earlier run had received when it was killed', async ({ folder, expect }) => {
    const file = join(folder, 'alice.key');
    await writeFile(file, 'dead\n');
    await writeFile(`${file}.new-1`, 'received\n');
    await writeFile(`${file}.new-2`, Buffer.alloc(4096));
    expect(await secretsLeftBeside(file)).toEqual([`${file}.new-1`]);
    const reserved = await ReservedSecretFile.reserve(file);
    await reserved.release();
    expect(await readFile(file, 'utf8')).toBe('received\n');
    expect(await secretsLeftBeside(file)).toEqual([]);
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
