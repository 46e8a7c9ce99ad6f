import type { Configuration } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore, restoreStore } from '@agrenting-hiclaw/store';

/** Copies the store, which others may be working on, into a new file. Rejects with `StoreError` and its remedy. */
export async function backUp(
  { store }: Configuration,
  file: string,
  print: (text: string) => void,
): Promise<boolean> {
  const opened = openStore({ file: store.file, key: EncryptionKey.fromText(store.key.reveal()) });
  try {
    await opened.backup(file);
  } finally {
    await opened.close();
  }
  print(
    `${store.file} is copied to ${file}. Keep it together with the store's key: one is of no use without the other.\n`,
  );
  return true;
}

/** Makes a store out of a backup, where there is none. Rejects with `StoreError` and its remedy. */
export async function restore(
  { store }: Configuration,
  file: string,
  print: (text: string) => void,
): Promise<boolean> {
  await restoreStore({ from: file, to: store.file, key: EncryptionKey.fromText(store.key.reveal()) });
  print(
    `${store.file} is as it was when ${file} was made. What happened since is taken up when the adapter starts: it reads\n` +
      'every open hiring again, and looks into rooms and task folders before it tells a worker anything.\n',
  );
  return true;
}
