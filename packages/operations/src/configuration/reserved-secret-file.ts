import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OperationError } from '../operation-error.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

/** Room for any secret that the outside gives. */
const RESERVED_BYTES = 16 * 1024;
const BESIDE = '.new-';

/**
 * A file for a secret that the outside shows once, such as a new key. It is reserved before the secret is asked for: its folder
 * takes files, the disk has room, and what is there now can be replaced. Between the answer and the file there is then no step
 * that a read-only folder or a full disk could fail.
 */
export class ReservedSecretFile {
  readonly file: string;
  readonly #beside: string;
  readonly #handle: FileHandle;

  private constructor(file: string, beside: string, handle: FileHandle) {
    this.file = file;
    this.#beside = beside;
    this.#handle = handle;
  }

  /**
   * Reserves `file`. A secret that an earlier run had received and could not move there is moved first. Throws `OperationError`
   * `misconfigured` where the file cannot be written; nothing was asked for then.
   */
  static async reserve(file: string): Promise<ReservedSecretFile> {
    const beside = `${file}${BESIDE}${randomUUID()}`;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      for (const left of await secretsLeftBeside(file)) await rename(left, file);
      const present = await readFile(file).catch(notThere);
      // Replaced alone, as it will be by the secret: a file that is mounted alone, for one, cannot be.
      if (present !== undefined) await writeFileAtomic(file, present);
      const handle = await open(beside, 'wx', 0o600);
      const reserved = new ReservedSecretFile(file, beside, handle);
      try {
        await handle.write(Buffer.alloc(RESERVED_BYTES));
        await handle.sync();
        return reserved;
      } catch (error) {
        await reserved.release();
        throw error;
      }
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      throw new OperationError('misconfigured', `${file} cannot be written (${why})`, {
        remedy: `Nothing was asked of the other side. Let this process write to ${dirname(file)} (with systemd: ReadWritePaths), then try again.`,
        cause: error,
      });
    }
  }

  /** Puts the secret there, for its owner only. Where even that fails, the error names the file that has it. */
  async keep(secret: string): Promise<void> {
    const bytes = Buffer.from(`${secret}\n`);
    await this.#handle.write(bytes, 0, bytes.length, 0);
    await this.#handle.truncate(bytes.length);
    await this.#handle.sync();
    await this.#handle.close();
    try {
      await rename(this.#beside, this.file);
      await syncFolder(dirname(this.file));
    } catch (cause) {
      // Another run may have moved it already.
      if ((await readFile(this.file).catch(() => undefined))?.equals(bytes) === true) return;
      throw new OperationError('unknown', `the new secret could not be moved to ${this.file}`, {
        remedy: `It is in ${this.#beside}: move it to ${this.file}.`,
        cause,
      });
    }
  }

  /** Gives the place back: no secret came. */
  async release(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#beside, { force: true });
  }
}

/**
 * Secrets that earlier runs had received when they ended, the newest last: it is newer than the one in `file`, which is dead.
 * Doctor names them.
 */
export async function secretsLeftBeside(file: string): Promise<readonly string[]> {
  const folder = dirname(file);
  const names = await readdir(folder).catch((error: unknown) => notThere(error) ?? []);
  const left: { readonly path: string; readonly atMs: number }[] = [];
  for (const name of names.filter((each) => each.startsWith(`${basename(file)}${BESIDE}`))) {
    const path = join(folder, name);
    const handle = await open(path, 'r').catch(notThere);
    if (handle === undefined) continue;
    try {
      const text = await handle.readFile('utf8');
      const { mtimeMs } = await handle.stat();
      // Zeros are room that no secret came for.
      if (text.endsWith('\n') && !text.includes('\0')) left.push({ path, atMs: mtimeMs });
    } finally {
      await handle.close();
    }
  }
  return left.toSorted((one, other) => one.atMs - other.atMs).map(({ path }) => path);
}

function notThere(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

/** A rename is durable when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
