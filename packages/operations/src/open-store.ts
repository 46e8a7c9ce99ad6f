import { access } from 'node:fs/promises';
import type { Store } from '@agrenting-hiclaw/core/domain';
import { type Configuration, holderName } from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { OperationError } from './operation-error.ts';

/** The store of the configuration, beside whatever else works with it. Looking at one makes none. */
export async function openExistingStore(configuration: Configuration): Promise<Store> {
  const { store } = configuration;
  await access(store.file).catch(() => {
    throw new OperationError('conflict', `no store at ${store.file} yet`, {
      remedy: 'Run `agrenting-hiclaw up` first.',
    });
  });
  const key = EncryptionKey.fromText(store.key.reveal());
  return openStore({ file: store.file, key, holder: holderName('cli') });
}
