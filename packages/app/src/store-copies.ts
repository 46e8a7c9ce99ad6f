import type { Configuration } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore, replaceStore, type Replaced } from '@agrenting-hiclaw/store';

/** Copies the store, which others may be working on, into a new file. Rejects with `StoreError` and its remedy. */
export async function backUpStore({ store }: Configuration, file: string): Promise<void> {
  const opened = openStore({ file: store.file, key: keyOf(store) });
  try {
    await opened.backup(file);
  } finally {
    await opened.close();
  }
}

/**
 * Replaces the store with one made out of a backup, if any, which is kept beside it; nobody may be
 * working on it. Rejects with `StoreError` and its remedy.
 */
export async function restoreStore({ store }: Configuration, file: string, nowMs: number): Promise<Replaced> {
  return await replaceStore({ from: file, to: store.file, key: keyOf(store), nowMs });
}

function keyOf({ key }: Configuration['store']): EncryptionKey {
  return EncryptionKey.fromText(key.reveal());
}
