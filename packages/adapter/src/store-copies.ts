import type { Configuration } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore, replaceStore, restoreStore, type Replaced } from '@agrenting-hiclaw/store';

/** Copies the store, which others may be working on, into a new file. Rejects with `StoreError` and its remedy. */
export async function backUpStore({ store }: Configuration, file: string): Promise<void> {
  const opened = openStore({ file: store.file, key: keyOf(store) });
  try {
    await opened.backup(file);
  } finally {
    await opened.close();
  }
}

/** Makes a store out of a backup, where there is none. Rejects with `StoreError` and its remedy. */
export async function restoreMissingStore({ store }: Configuration, file: string): Promise<void> {
  await restoreStore({ from: file, to: store.file, key: keyOf(store) });
}

/** The same in the place of the store that is there, which is kept beside it; nobody may be working on it. */
export async function restoreStoreOver(
  { store }: Configuration,
  file: string,
  nowMs: number,
): Promise<Replaced> {
  return await replaceStore({ from: file, to: store.file, key: keyOf(store), nowMs });
}

function keyOf({ key }: Configuration['store']): EncryptionKey {
  return EncryptionKey.fromText(key.reveal());
}
