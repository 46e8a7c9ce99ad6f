import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, link, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '@agrenting-hiclaw/core/domain';

/** What SQLite keeps beside a database. What is left of another one would be taken for this one's. */
const COMPANIONS = ['-wal', '-shm', '-journal'];
/** Such file systems have no hard links. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Makes a file that is there whole or not at all, for its owner only: `fill` writes it under another
 * name, then it is brought to the disk and gets its own. Throws `StoreError` `exists` when that is taken.
 */
export async function makeNewFile(file: string, fill: (path: string) => Promise<void>): Promise<void> {
  refuseExisting(file);
  const path = `${file}.${randomUUID()}.partial`;
  try {
    await (await open(path, 'wx', 0o600)).close();
    await fill(path);
    // Copying a file copies its mode.
    await chmod(path, 0o600);
    await sync(path, 'r+');
    await publish(path, file);
    await sync(dirname(file), 'r');
  } finally {
    for (const name of [path, ...companionsOf(path)]) await rm(name, { force: true });
  }
}

/** The files that SQLite keeps beside a database and that are there now. */
export function presentCompanions(file: string): readonly string[] {
  return companionsOf(file).filter((name) => existsSync(name));
}

function companionsOf(file: string): readonly string[] {
  return COMPANIONS.map((ending) => `${file}${ending}`);
}

function refuseExisting(file: string): void {
  const present = [file, ...companionsOf(file)].find((name) => existsSync(name));
  if (present !== undefined) throw alreadyThere(present);
}

function alreadyThere(file: string, cause?: unknown): StoreError {
  return new StoreError('exists', `${file} already exists`, 'Move it away, or name a different file', cause);
}

/** A link, unlike a renaming, never takes the place of what came there meanwhile. */
async function publish(path: string, file: string): Promise<void> {
  try {
    await link(path, file);
    await unlink(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw alreadyThere(file, error);
    if (!NO_LINKS.has(code)) throw error;
    refuseExisting(file);
    await rename(path, file);
  }
}

async function sync(path: string, mode: string): Promise<void> {
  const handle = await open(path, mode);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
