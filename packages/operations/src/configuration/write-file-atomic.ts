import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';

type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Writes a file for its owner only, atomically, replacing an existing one. */
export async function writeFileAtomic(file: string, content: Content): Promise<void> {
  await writeBeside(file, content, async (fresh) => await rename(fresh, file));
}

/** The same where there is none yet; rejects with `EEXIST` when there is. */
export async function createFileAtomic(file: string, content: Content): Promise<void> {
  await writeBeside(file, content, async (fresh) => await link(fresh, file));
}

async function writeBeside(
  file: string,
  content: Content,
  put: (fresh: string) => Promise<void>,
): Promise<void> {
  const fresh = `${file}.${randomUUID()}`;
  try {
    await writeFile(fresh, content, { mode: 0o600 });
    await put(fresh);
  } catch (error) {
    // The temporary name means nothing to the caller that named the file.
    if (error instanceof Error && 'path' in error) error.path = file;
    throw error;
  } finally {
    await rm(fresh, { force: true }).catch(() => undefined);
  }
}
