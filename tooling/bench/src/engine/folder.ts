import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A store that is only for one measurement. */
export interface Folder {
  readonly storeFile: string;
  readonly storeKey: string;
}

export async function withFolder<T>(work: (folder: Folder) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    return await work({
      storeFile: join(folder, 'store.sqlite'),
      storeKey: randomBytes(32).toString('base64'),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
