import { access } from 'node:fs/promises';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore, StoreError, type Store } from '@agrenting-hiclaw/store';
import { CommandError, EXIT } from './exit-codes.ts';

/** The store of the configuration, beside whatever else works with it. Looking at one makes none. */
export async function openExistingStore({ store }: Configuration): Promise<Store> {
  await access(store.file).catch(() => {
    throw new CommandError(
      EXIT.failed,
      `there is no store at ${store.file} yet`,
      'Run `agrenting-hiclaw up` first.',
    );
  });
  try {
    return openStore({ file: store.file, key: EncryptionKey.fromText(store.key.reveal()) });
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(EXIT.failed, error.message, error.remedy);
    throw error;
  }
}
