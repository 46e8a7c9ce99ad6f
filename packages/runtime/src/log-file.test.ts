import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile, type LogFileParts } from './log-file.ts';
import { createLogger } from './log.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'));
  file = join(folder, 'adapter.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const names = (): readonly string[] => readdirSync(folder).toSorted();
const linesOf = (name: string): readonly string[] =>
  readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);
const LINE = `${'x'.repeat(99)}\n`;

test('a log file is for its owner only, and holds no secret', () => {
  writeFileSync(file, 'of an older release\n', { mode: 0o644 });
  chmodSync(file, 0o644);
  const opened = openLogFile({ file, maxBytes: 10_000, keep: 5 });
  createLogger('test', 'info', opened).info({ key: new Secret('ap_one'), apiKey: 'ap_two' }, 'called');
  opened.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('of an older release\n{"level":30');
  expect(text).not.toMatch(/ap_one|ap_two/);
});

test('no file grows beyond its bound, and no more than so many stay', () => {
  writeFileSync(`${file}.9`, 'from when more were kept');
  writeFileSync(`${file}.txt`, 'not ours');
  const opened = openLogFile({ file, maxBytes: 1_000, keep: 2 });
  for (let line = 0; line < 95; line += 1) opened.write(LINE);
  opened.close();
  expect(names()).toEqual(['adapter.log', 'adapter.log.1', 'adapter.log.2', 'adapter.log.txt']);
  expect(linesOf('adapter.log')).toHaveLength(5);
  expect(linesOf('adapter.log.1')).toHaveLength(10);
  expect(statSync(`${file}.1`).mode & 0o777).toBe(0o600);
  const none = openLogFile({ file, maxBytes: 1_000, keep: 0 });
  for (let line = 0; line < 30; line += 1) none.write(LINE);
  none.write(`${'y'.repeat(5_000)}\n`);
  none.close();
  expect(names()).toEqual(['adapter.log', 'adapter.log.txt']);
  expect(statSync(file).size).toBe(1_000);
});

test('a file that somebody else moved away is made anew, and users of one process share it', () => {
  const settings = { file, maxBytes: 10_000, keep: 2 };
  const [one, other] = [openLogFile(settings), openLogFile(settings)];
  one.write('first\n');
  renameSync(file, `${file}.moved`);
  other.write('second\n');
  one.close();
  one.close();
  other.write('third\n');
  other.close();
  expect(linesOf('adapter.log.moved')).toEqual(['first']);
  expect(linesOf('adapter.log')).toEqual(['second', 'third']);
});

test('while the disk is full the log goes to standard output, which is said once, and then to the file again', () => {
  const shown: string[] = [];
  const disk = { isFull: false, roomBytes: 0 };
  let elapsedMs = 0;
  const parts: LogFileParts = {
    fallback: { write: (line) => shown.push(line) },
    elapsedMs: () => elapsedMs,
    write: (descriptor, bytes, offset) => {
      if (!disk.isFull) return writeSync(descriptor, bytes, offset);
      if (disk.roomBytes === 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      const written = writeSync(descriptor, bytes, offset, disk.roomBytes);
      disk.roomBytes = 0;
      return written;
    },
  };
  const opened = openLogFile({ file, maxBytes: 10_000, keep: 2 }, parts);
  opened.write('first\n');
  disk.isFull = true;
  disk.roomBytes = 3;
  for (const line of ['second\n', 'third\n']) opened.write(line);
  elapsedMs = 20_000;
  opened.write('fourth\n');
  expect(shown).toEqual([
    expect.stringContaining('(ENOSPC): it goes here until it can'),
    'second\n',
    'third\n',
    'fourth\n',
  ]);
  disk.isFull = false;
  elapsedMs = 40_000;
  opened.write('fifth\n');
  opened.write('sixth\n');
  opened.close();
  expect(shown.slice(4)).toEqual([expect.stringContaining('is written to')]);
  // What was torn stays by itself.
  expect(linesOf('adapter.log')).toEqual(['first', 'sec', 'fifth', 'sixth']);
});

test('where no file can be made, the setting is wrong', () => {
  for (const wrong of [join(folder, 'absent', 'a.log'), folder]) {
    expect(() => openLogFile({ file: wrong, maxBytes: 1_000, keep: 1 })).toThrow(
      expect.objectContaining({
        name: 'SettingError',
        problem: expect.objectContaining({ where: 'log.file', code: 'log_file_unwritable' }),
      }),
    );
  }
});

test('several processes write one file, and no line is lost or torn', async () => {
  // Thirteen files' worth: while one process changes files, the others may write a little beyond the bound.
  const script = (writer: number): string => `
    import { openLogFile } from ${JSON.stringify(new URL('log-file.ts', import.meta.url).href)};
    const opened = openLogFile({ file: ${JSON.stringify(file)}, maxBytes: 15_000, keep: 100 });
    for (let line = 0; line < 1_000; line += 1) opened.write('${writer}:' + line + ' ${'x'.repeat(60)}\\n');
    opened.close();`;
  const node = ['--conditions=agrenting-hiclaw-source', '--input-type=module', '-e'];
  await Promise.all(
    [1, 2, 3].map(async (writer) => await promisify(execFile)(process.execPath, [...node, script(writer)])),
  );
  const lines = names().flatMap(linesOf);
  expect(names().length).toBeGreaterThan(9);
  expect(lines.every((line) => /^[123]:\d+ x{60}$/.test(line))).toBe(true);
  expect(new Set(lines).size).toBe(3_000);
});
