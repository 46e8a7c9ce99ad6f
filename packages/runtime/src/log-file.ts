import { closeSync, constants, fchmodSync, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { pino, type DestinationStream } from 'pino';
import { SettingError } from './setting-error.ts';

/** Replaced by tests. */
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
/** What says that there is no room, or no writing, at the moment; anything else at the opening is a wrong setting. */
const PASSING: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);

/** Those that are open in this process, by their paths. */
const open = new Map<string, { readonly writer: Writer; users: number }>();

/**
 * Opens a log file for its owner only. Several processes may write one file: each line is one write at its end. A disk that
 * is full, or a file that cannot be written, never stops anybody: the log goes to standard output meanwhile, which is said
 * once. Throws `SettingError` where no file can be made at all.
 */
export function openLogFile(name: string, parts: LogFileParts = {}): LogFile {
  const file = resolve(name);
  const shared = open.get(file) ?? { writer: new Writer(file, parts), users: 0 };
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

/** Reopens each log file of this process by its name, because the open file may have been moved away. */
export function reopenLogFiles(): void {
  for (const { writer } of open.values()) writer.reopen();
}

class Writer {
  readonly #file: string;
  readonly #write: NonNullable<LogFileParts['write']>;
  readonly #elapsedMs: () => number;
  #fallback: DestinationStream | undefined;
  #descriptor: number | undefined;
  /** Of the last try that failed; undefined while all is well. */
  #failedAtMs: number | undefined;
  /** Whether the file ends within a line, because the disk was full in the midst of it. */
  #isTorn = false;

  constructor(file: string, { write, fallback, elapsedMs }: LogFileParts) {
    this.#file = file;
    this.#write = write ?? writeSync;
    this.#fallback = fallback;
    this.#elapsedMs = elapsedMs ?? (() => performance.now());
    try {
      this.#descriptor = openForOwner(file);
    } catch (error) {
      if (!PASSING.has(codeOf(error))) throw asSettingError(file, error);
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
      this.#append(line);
    } catch (error) {
      this.#failed(error);
      this.#elsewhere().write(line);
      return;
    }
    if (this.#failedAtMs === undefined) return;
    this.#failedAtMs = undefined;
    this.#elsewhere().write(said(`the log is written to ${this.#file} again`));
  }

  reopen(): void {
    this.close();
    try {
      this.#descriptor = openForOwner(this.#file);
      this.#isTorn &&= fstatSync(this.#descriptor).size > 0;
      // There may be room now.
      if (this.#failedAtMs !== undefined) this.#failedAtMs = Number.NEGATIVE_INFINITY;
    } catch (error) {
      this.#failed(error);
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(line: string): void {
    const bytes = Buffer.from(this.#isTorn ? `\n${line}` : line);
    this.#descriptor ??= openForOwner(this.#file);
    let written = 0;
    try {
      while (written < bytes.length) {
        const more = this.#write(this.#descriptor, bytes, written);
        if (more === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
        written += more;
      }
      this.#isTorn = false;
    } catch (error) {
      this.#isTorn ||= written > 0;
      throw error;
    }
  }

  #failed(error: unknown): void {
    const isFirst = this.#failedAtMs === undefined;
    this.#failedAtMs = this.#elapsedMs();
    if (!isFirst) return;
    const why = codeOf(error) ?? 'unknown';
    this.#elsewhere().write(
      said(
        `the log cannot be written to ${this.#file} (${why}): it goes here until it can. Make room on its disk`,
      ),
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
