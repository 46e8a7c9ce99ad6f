import { randomUUID } from 'node:crypto';
import {
  chown,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OperationError } from '../operation-error.ts';

/** Room for any secret that the outside gives, and for an answer that has one somewhere. */
const RESERVED_BYTES = 64 * 1024;
const BESIDE = '.new-';
/** A secret is one line, so a file of nothing but line ends has none. */
const ROOM = Buffer.alloc(RESERVED_BYTES, '\n');

/**
 * A file for a secret that the outside shows once, such as a new key. It is reserved before the secret is asked for: its folder
 * takes files, the disk has room, what is there now can be replaced, and no other run is about to. Between the answer and the
 * file there is then no step that a read-only folder or a full disk could fail.
 */
export class ReservedSecretFile {
  readonly file: string;
  readonly #target: string;
  readonly #beside: string;
  readonly #handle: FileHandle;
  /** Set once something was put there, or nothing will be. */
  #isOver = false;

  private constructor(file: string, target: string, beside: string, handle: FileHandle) {
    this.file = file;
    this.#target = target;
    this.#beside = beside;
    this.#handle = handle;
  }

  /**
   * Reserves `file`. Throws `OperationError`: `misconfigured` where the file cannot be written, `conflict` where another run is
   * at it, or an earlier one has left a secret beside it, which is named. Nothing was asked for then.
   */
  static async reserve(file: string): Promise<ReservedSecretFile> {
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // A link stays one: the file that it leads to is replaced.
      const target = await realpath(file).catch(() => file);
      const lock = lockOf(target);
      await takeLock(lock, file);
      try {
        return await ReservedSecretFile.#reserve(file, target);
      } catch (error) {
        await releaseLock(lock);
        throw error;
      }
    } catch (error) {
      if (error instanceof OperationError) throw error;
      throw new OperationError('misconfigured', `${file} cannot be written (${codeOf(error)})`, {
        remedy: `Nothing was asked of the other side. Let this process write to ${dirname(file)} (with systemd: ReadWritePaths), then try again.`,
        cause: error,
      });
    }
  }

  static async #reserve(file: string, target: string): Promise<ReservedSecretFile> {
    const [left] = await secretsLeftBeside(target);
    if (left !== undefined) {
      throw new OperationError('conflict', `an earlier run ended before it could move a secret to ${file}`, {
        remedy: `It is in ${left}. If doctor says that the one in ${file} is refused, move it there; if not, remove it. Then try again.`,
      });
    }
    const beside = `${target}${BESIDE}${randomUUID()}`;
    const handle = await open(beside, 'wx', 0o600);
    const reserved = new ReservedSecretFile(file, target, beside, handle);
    try {
      await provesReplaceable(target);
      await handle.write(ROOM);
      await handle.sync();
      return reserved;
    } catch (error) {
      await reserved.#close();
      throw error;
    }
  }

  /** Puts the secret there, for the owner of the file only. Where even that fails, the error names the file that has it. */
  async keep(secret: string): Promise<void> {
    await this.#put(secret, this.#target);
  }

  /** Puts an answer that was not understood into a file beside it, and gives its name: the secret may be in it. */
  async keepAnswer(answer: string): Promise<string> {
    const file = `${this.#target}.answer-${Date.now()}.txt`;
    await this.#put(answer, file);
    return file;
  }

  /** Gives the place back where no secret came; nothing is to be given back behind `keep`. */
  async release(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#close();
    await releaseLock(lockOf(this.#target));
  }

  async #put(text: string, to: string): Promise<void> {
    this.#isOver = true;
    try {
      const bytes = Buffer.from(`${text}\n`);
      await this.#handle.write(bytes, 0, bytes.length, 0);
      await this.#handle.sync();
      await this.#handle.truncate(bytes.length);
      await this.#handle.sync();
      await this.#handle.close();
      await givesToOwnerOf(this.#target, this.#beside);
      await rename(this.#beside, to);
      await syncFolder(dirname(to));
    } catch (cause) {
      throw new OperationError('unknown', `the new secret could not be moved to ${to} (${codeOf(cause)})`, {
        remedy: `It is in ${this.#beside}: move it to ${to}.`,
        cause,
      });
    } finally {
      await releaseLock(lockOf(this.#target));
    }
  }

  async #close(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#beside, { force: true });
  }
}

const lockOf = (target: string): string => `${target}.lock`;
/** The locks that this very process holds. */
const heldHere = new Set<string>();

async function releaseLock(lock: string): Promise<void> {
  heldHere.delete(lock);
  await rm(lock, { force: true });
}

/** One run at a time, of whatever process on this machine; a process that is no more holds none. */
async function takeLock(lock: string, file: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const handle = await open(lock, 'wx', 0o600);
      heldHere.add(lock);
      await handle.write(String(process.pid));
      await handle.close();
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
    // In a container every process may have the number of the one before.
    const isHeld = pid === process.pid ? heldHere.has(lock) : isAlive(pid);
    if (attempt > 0 || isHeld) {
      throw new OperationError('conflict', `another run is changing ${file}`, {
        remedy: `Wait until it has ended. If none runs, remove ${lock}.`,
      });
    }
    await rm(lock, { force: true });
  }
}

/** Only that of a process that is known to be no more is taken over. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** A file that is mounted alone can be written, and not replaced; where there are no hard links, nobody can tell. */
async function provesReplaceable(target: string): Promise<void> {
  const probe = `${target}.probe-${randomUUID()}`;
  try {
    await link(target, probe);
  } catch (error) {
    if (!['ENOENT', 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].includes(codeOf(error)))
      throw error;
  } finally {
    await rm(probe, { force: true });
  }
  const present = await stat(target).catch(() => undefined);
  if (present?.isDirectory() === true) throw new Error('it is a folder');
}

/** Root may replace a service's key, which then still has to be the service's. */
async function givesToOwnerOf(target: string, beside: string): Promise<void> {
  const present = await stat(target).catch(() => undefined);
  if (present === undefined || process.getuid?.() !== 0) return;
  await chown(beside, present.uid, present.gid);
}

/**
 * Secrets that earlier runs had received beside `file` when they ended, the newest first. Whether one is newer than what is in
 * `file` only the other side knows. Doctor names them.
 */
export async function secretsLeftBeside(file: string): Promise<readonly string[]> {
  const folder = dirname(file);
  const names = await readdir(folder).catch(() => []);
  const left: { readonly path: string; readonly atMs: number }[] = [];
  for (const name of names) {
    if (!name.startsWith(`${basename(file)}${BESIDE}`)) continue;
    const path = join(folder, name);
    const found = await readStart(path).catch(() => undefined);
    // Room that no secret came for.
    if (found === undefined || found.text.trim() === '') continue;
    left.push({ path, atMs: found.atMs });
  }
  return left.toSorted((one, other) => other.atMs - one.atMs).map(({ path }) => path);
}

async function readStart(path: string): Promise<{ readonly text: string; readonly atMs: number }> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(RESERVED_BYTES), 0, RESERVED_BYTES, 0);
    return { text: buffer.toString('utf8', 0, bytesRead), atMs: (await handle.stat()).mtimeMs };
  } finally {
    await handle.close();
  }
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

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
