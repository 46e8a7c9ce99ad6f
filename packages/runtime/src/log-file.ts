import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { pino, type DestinationStream } from 'pino';
import { SettingError } from './setting-error.ts';

export interface LogFileSettings {
  readonly file: string;
  /** No file of the log grows beyond. */
  readonly maxBytes: number;
  /** Older files that stay beside the one that is written: `<file>.1` is the newest of them. */
  readonly keep: number;
}

/** What a test puts in the place of the real ones. */
export interface LogFileParts {
  readonly write?: (descriptor: number, bytes: Uint8Array, offset: number) => number;
  /** Where the log goes while the file cannot be written; standard output unless given. */
  readonly fallback?: DestinationStream;
  readonly elapsedMs?: () => number;
}

/** A log file that is written; several of one process share it. */
export interface LogFile extends DestinationStream {
  /** Closes the file once everybody who opened it did so. */
  close(): void;
}

/** How long the file is left alone after it could not be written. */
const RETRY_MS = 10_000;
/** Changing files takes much less. */
const LOCK_MS = 10_000;
/** What says that there is no room, or no writing, at the moment; anything else at the opening is a wrong setting. */
const PASSING: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);

/** Those that are open in this process, by their paths. */
const open = new Map<string, { readonly writer: Writer; users: number }>();

/**
 * Opens a log file for its owner only, and changes to a new one before it grows beyond its bound. Several processes may
 * write one file: each line is one write at its end, and each process notices when another one has changed files.
 * A disk that is full, or a file that cannot be written, never stops anybody: the log goes to standard output
 * meanwhile, which is said once. Throws `SettingError` where no file can be made at all.
 */
export function openLogFile(settings: LogFileSettings, parts: LogFileParts = {}): LogFile {
  const file = resolve(settings.file);
  const shared = open.get(file) ?? { writer: new Writer({ ...settings, file }, parts), users: 0 };
  shared.users += 1;
  open.set(file, shared);
  let isOpen = true;
  return {
    write: (line) => shared.writer.write(line),
    close: () => {
      if (!isOpen) return;
      isOpen = false;
      shared.users -= 1;
      if (shared.users > 0) return;
      open.delete(file);
      shared.writer.close();
    },
  };
}

class Writer {
  readonly #settings: LogFileSettings;
  readonly #write: NonNullable<LogFileParts['write']>;
  readonly #elapsedMs: () => number;
  #fallback: DestinationStream | undefined;
  #descriptor: number | undefined;
  /** Of the last try that failed; undefined while all is well. */
  #failedAtMs: number | undefined;
  /** Whether the file ends within a line, because the disk was full in the midst of it. */
  #isTorn = false;

  constructor(settings: LogFileSettings, { write, fallback, elapsedMs }: LogFileParts) {
    this.#settings = settings;
    this.#write = write ?? writeSync;
    this.#fallback = fallback;
    this.#elapsedMs = elapsedMs ?? (() => performance.now());
    try {
      this.#descriptor = openForOwner(settings.file);
    } catch (error) {
      if (!PASSING.has(codeOf(error))) throw asSettingError(settings.file, error);
      this.#failed(error);
    }
  }

  write(line: string): void {
    const waits = this.#failedAtMs !== undefined && this.#elapsedMs() - this.#failedAtMs < RETRY_MS;
    if (waits) {
      this.#elsewhere().write(line);
      return;
    }
    try {
      this.#append(Buffer.from(line));
    } catch (error) {
      this.#failed(error);
      this.#elsewhere().write(line);
      return;
    }
    if (this.#failedAtMs === undefined) return;
    this.#failedAtMs = undefined;
    this.#elsewhere().write(said(`the log is written to ${this.#settings.file} again`));
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(whole: Buffer): void {
    const { maxBytes } = this.#settings;
    const line = this.#isTorn ? Buffer.concat([Buffer.from('\n'), whole]) : whole;
    // What is longer than a whole file may be loses its end.
    const bytes = line.length > maxBytes ? line.subarray(0, maxBytes) : line;
    const descriptor = this.#fileFor(bytes.length);
    let written = 0;
    try {
      while (written < bytes.length) {
        const more = this.#write(descriptor, bytes, written);
        if (more === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
        written += more;
      }
      this.#isTorn = false;
    } catch (error) {
      this.#isTorn ||= written > 0;
      throw error;
    }
  }

  /** The file that so many bytes still fit into. */
  #fileFor(bytes: number): number {
    const { file, maxBytes } = this.#settings;
    const descriptor = this.#current();
    const { size } = fstatSync(descriptor);
    if (size === 0 || size + bytes <= maxBytes) return descriptor;
    // Whoever else changes files just now is done at the next line.
    if (!lock(file)) return descriptor;
    try {
      // It may have been changed before we had the lock.
      const now = this.#current();
      if (fstatSync(now).size + bytes <= maxBytes) return now;
      rotate(this.#settings);
      this.#isTorn = false;
      return this.#current();
    } finally {
      rmSync(lockOf(file), { force: true });
    }
  }

  /** The open file, anew when another process or a person moved it away. */
  #current(): number {
    const { file } = this.#settings;
    if (this.#descriptor !== undefined) {
      const ours = fstatSync(this.#descriptor);
      const named = statSync(file, { throwIfNoEntry: false });
      if (named?.ino === ours.ino && named.dev === ours.dev) return this.#descriptor;
      this.close();
    }
    const opened = openForOwner(file);
    this.#descriptor = opened;
    return opened;
  }

  #failed(error: unknown): void {
    const isFirst = this.#failedAtMs === undefined;
    this.#failedAtMs = this.#elapsedMs();
    if (!isFirst) return;
    const why = codeOf(error) ?? 'unknown';
    const { file } = this.#settings;
    this.#elsewhere().write(
      said(`the log cannot be written to ${file} (${why}): it goes here until it can. Make room on its disk`),
    );
  }

  #elsewhere(): DestinationStream {
    this.#fallback ??= pino.destination({ fd: 1, sync: true });
    return this.#fallback;
  }
}

/** Opens a regular file at its end, for its owner only, whatever its mode was. */
function openForOwner(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  // A pipe would keep the process waiting.
  if (found !== undefined && !found.isFile()) throw Object.assign(new Error('no file'), { code: 'no file' });
  const { O_APPEND, O_CREAT, O_WRONLY } = constants;
  const descriptor = openSync(file, O_APPEND | O_CREAT | O_WRONLY, 0o600);
  try {
    if ((fstatSync(descriptor).mode & 0o077) !== 0) fchmodSync(descriptor, 0o600);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Gives whether this process may change files now. One that died at it is not waited for, whatever the clock said then. */
function lock(file: string): boolean {
  const name = lockOf(file);
  try {
    closeSync(openSync(name, 'wx', 0o600));
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const held = statSync(name, { throwIfNoEntry: false });
    if (held !== undefined && Math.abs(Date.now() - held.mtimeMs) > LOCK_MS) rmSync(name, { force: true });
    return false;
  }
}

function lockOf(file: string): string {
  return `${file}.lock`;
}

/** Gives each file the next number, and lets go of those that are too many. */
function rotate({ file, keep }: LogFileSettings): void {
  for (const number of numbersOf(file)) {
    if (number >= keep) rmSync(`${file}.${number}`, { force: true });
    else moveIfThere(`${file}.${number}`, `${file}.${number + 1}`);
  }
  if (keep === 0) rmSync(file, { force: true });
  else moveIfThere(file, `${file}.1`);
}

/** The numbers of older files, the greatest first. */
function numbersOf(file: string): readonly number[] {
  const start = `${basename(file)}.`;
  return readdirSync(dirname(file))
    .filter((name) => name.startsWith(start) && /^[1-9]\d{0,5}$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .toSorted((one, other) => other - one);
}

/** Another process may have moved it meanwhile. */
function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** A line of the log about the log. */
function said(msg: string): string {
  return `${JSON.stringify({ level: 50, time: Date.now(), name: 'log', msg })}\n`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function asSettingError(file: string, cause: unknown): SettingError {
  const reason = codeOf(cause) ?? 'unknown';
  return new SettingError({ where: 'log.file', code: 'log_file_unwritable', file, reason }, { cause });
}
