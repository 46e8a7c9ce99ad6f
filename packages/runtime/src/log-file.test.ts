import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
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
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile, reopenLogFiles, type LogFileParts } from './log-file.ts';
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

test('a log file is for its owner only, and holds no secret', () => {
  writeFileSync(file, 'of an older release\n', { mode: 0o644 });
  chmodSync(file, 0o644);
  const opened = openLogFile(file);
  createLogger('test', 'info', opened).info({ key: new Secret('ap_one'), apiKey: 'ap_two' }, 'called');
  opened.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('of an older release\n{"level":30');
  expect(text).not.toMatch(/ap_one|ap_two/);
});

test('a moved file is written until it is reopened, and users of one process share it', () => {
  const [one, other] = [openLogFile(file), openLogFile(file)];
  one.write('first\n');
  renameSync(file, `${file}.1`);
  other.write('second\n');
  reopenLogFiles();
  other.write('third\n');
  one.close();
  one.close();
  other.write('fourth\n');
  other.close();
  reopenLogFiles();
  expect(names()).toEqual(['adapter.log', 'adapter.log.1']);
  expect(linesOf('adapter.log.1')).toEqual(['first', 'second']);
  expect(linesOf('adapter.log')).toEqual(['third', 'fourth']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that cannot be reopened leaves the log to standard output until it can', () => {
  const shown: string[] = [];
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const opened = openLogFile(join(logs, 'adapter.log'), { fallback: { write: (line) => shown.push(line) } });
  renameSync(logs, `${logs}.old`);
  reopenLogFiles();
  opened.write('first\n');
  expect(shown).toEqual([expect.stringContaining('(ENOENT): it goes here until it can'), 'first\n']);
  mkdirSync(logs);
  reopenLogFiles();
  opened.write('second\n');
  opened.close();
  expect(shown.slice(2)).toEqual([expect.stringContaining('is written to')]);
  expect(linesOf('logs/adapter.log')).toEqual(['second']);
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
  const opened = openLogFile(file, parts);
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
  // The torn line stays on its own.
  expect(linesOf('adapter.log')).toEqual(['first', 'sec', 'fifth', 'sixth']);
});

test('where no file can be made, the setting is wrong', () => {
  for (const wrong of [join(folder, 'absent', 'a.log'), folder]) {
    expect(() => openLogFile(wrong)).toThrow(
      expect.objectContaining({
        name: 'SettingError',
        problem: expect.objectContaining({ where: 'log.file', code: 'log_file_unwritable' }),
      }),
    );
  }
});

test('several processes write one file, which is moved away meanwhile, and no line is lost or torn', async () => {
  const script = (writer: number): string => `
    import { once } from 'node:events';
    import { setImmediate } from 'node:timers/promises';
    import { openLogFile, reopenLogFiles } from ${JSON.stringify(new URL('log-file.ts', import.meta.url).href)};
    process.on('SIGHUP', reopenLogFiles);
    const opened = openLogFile(${JSON.stringify(file)});
    console.log('writes');
    for (let line = 0; line < 2_000; line += 1) {
      opened.write('${writer}:' + line + ' ${'x'.repeat(60)}\\n');
      await setImmediate();
    }
    console.log('wrote');
    await once(process.stdin.resume(), 'end');
    opened.close();`;
  const node = ['--conditions=agrenting-hiclaw-source', '--input-type=module', '-e'];
  const writers = [1, 2, 3].map((writer) => {
    const child = spawn(process.execPath, [...node, script(writer)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return { child, said: createInterface(child.stdout)[Symbol.asyncIterator](), ended: once(child, 'exit') };
  });
  for (const { said } of writers) expect(await said.next()).toMatchObject({ value: 'writes' });
  const written = new AbortController();
  const wrote = Promise.all(writers.map(async ({ said }) => await said.next())).finally(() => {
    written.abort();
  });
  for (let transitioned = 1; !written.signal.aborted; transitioned += 1) {
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) renameSync(file, `${file}.${transitioned}`);
    for (const { child } of writers) child.kill('SIGHUP');
    await sleep(20);
  }
  expect(await wrote).toMatchObject(writers.map(() => ({ value: 'wrote' })));
  for (const { child } of writers) child.stdin.end();
  for (const { ended } of writers) expect(await ended).toEqual([0, null]);
  const lines = names().flatMap(linesOf);
  expect(names().length).toBeGreaterThan(2);
  expect(lines.every((line) => /^[123]:\d+ x{60}$/.test(line))).toBe(true);
  expect(lines).toHaveLength(6_000);
  expect(new Set(lines).size).toBe(6_000);
});
