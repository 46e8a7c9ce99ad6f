import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** `agrenting-git-<process id>-<six letters>`. */
const PREFIX = 'agrenting-git-';
const NAME = /^agrenting-git-(\d+)-[A-Za-z0-9]{6}$/;

/** A new directory that only this user can look into (mkdtemp makes it with mode 0700). */
export function makePrivateDirectory(parent: string): Promise<string> {
  return mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
}

export function removePrivateDirectory(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Removes what killed processes of this user left behind. A directory is left alone while its process runs; one with
 * this process's own number is from an earlier process if it is older than this one, as in a container, where the
 * number is always the same. Returns how many were removed.
 */
export async function removeLeftovers(parent: string): Promise<number> {
  let removed = 0;
  let names: readonly string[] = [];
  try {
    names = await readdir(parent);
  } catch {
    // Nothing can have been left there.
  }
  for (const name of names) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined) continue;
    const directory = join(parent, name);
    try {
      const found = await lstat(directory);
      const isOurs = found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
      const isLeft =
        Number(pid) === process.pid ? found.mtimeMs < performance.timeOrigin : !isRunning(Number(pid));
      if (!isOurs || !isLeft) continue;
      await removePrivateDirectory(directory);
      removed += 1;
    } catch {
      // Somebody else removed it, or may.
    }
  }
  return removed;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** How many bytes the files of a folder hold. What vanishes while it is counted holds none. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory() ? await folderBytes(path) : await fileBytes(path);
    }
  } catch {
    // It was there a moment ago.
  }
  return bytes;
}

async function fileBytes(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch {
    return 0;
  }
}
