import { backUpStore, restoreMissingStore } from '@agrenting-hiclaw/adapter';
import type { Configuration } from '@agrenting-hiclaw/runtime';

/** Copies the store, which others may be working on, into a new file. Rejects with `StoreError` and its remedy. */
export async function backUp(
  configuration: Configuration,
  file: string,
  print: (text: string) => void,
): Promise<boolean> {
  await backUpStore(configuration, file);
  print(
    `${configuration.store.file} is copied to ${file}. Keep it together with the store's key: one is of no use without the other.\n`,
  );
  return true;
}

/** Makes a store out of a backup, where there is none. Rejects with `StoreError` and its remedy. */
export async function restore(
  configuration: Configuration,
  file: string,
  print: (text: string) => void,
): Promise<boolean> {
  await restoreMissingStore(configuration, file);
  print(
    `${configuration.store.file} is as it was when ${file} was made. What happened since is taken up when the adapter starts: it reads\n` +
      'every open hiring again, and looks into rooms and task folders before it tells a worker anything.\n',
  );
  return true;
}
