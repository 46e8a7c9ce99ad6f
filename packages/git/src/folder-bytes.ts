import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

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
