import { access } from 'node:fs/promises';
import { type Configuration, holderName, ownKnownSecrets } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore, StoreError, type Store } from '@agrenting-hiclaw/store';
import { CommandError, EXIT } from './exit-codes.ts';

/** The store of the configuration, beside whatever else works with it. Looking at one makes none. */
export async function openExistingStore(configuration: Configuration): Promise<Store> {
  const { store } = configuration;
  await access(store.file).catch(() => {
    throw new CommandError(
      EXIT.failed,
      `there is no store at ${store.file} yet`,
      'Run `agrenting-hiclaw up` first.',
    );
  });
  try {
    const key = EncryptionKey.fromText(store.key.reveal());
    return openStore({
      file: store.file,
      key,
      holder: holderName('cli'),
      secrets: ownKnownSecrets(configuration),
    });
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(EXIT.failed, error.message, error.remedy);
    throw error;
  }
}
