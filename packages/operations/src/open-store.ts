import { access } from 'node:fs/promises';
import { type Store, StoreError } from '@agrenting-hiclaw/core/domain';
import { type Configuration, holderName } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { CommandError, EXIT } from './exit-codes.ts';

/** The store of the configuration, beside whatever else works with it. Looking at one makes none. */
export async function openExistingStore(configuration: Configuration): Promise<Store> {
  const { store } = configuration;
  await access(store.file).catch(() => {
    throw new CommandError(EXIT.failed, `no store at ${store.file} yet`, 'Run `agrenting-hiclaw up` first.');
  });
  try {
    const key = EncryptionKey.fromText(store.key.reveal());
    return openStore({
      file: store.file,
      key,
      holder: holderName('cli'),
    });
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(EXIT.failed, error.message, error.remedy);
    throw error;
  }
}
