import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';

type Content = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Writes a file for its owner only, whole or not at all, in the place of one that is there. */
export async function writeWhole(file: string, content: Content): Promise<void> {
  const fresh = `${file}.${randomUUID()}`;
  try {
    await writeFile(fresh, content, { mode: 0o600 });
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
}

/** The same where there is none yet; rejects with `EEXIST` when there is. */
export async function writeFresh(file: string, content: Content): Promise<void> {
  const fresh = `${file}.${randomUUID()}`;
  try {
    await writeFile(fresh, content, { mode: 0o600 });
    await link(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
}
