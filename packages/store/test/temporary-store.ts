import { join } from 'node:path';
import type { Store } from '@agrenting-hiclaw/core/domain';
import { openStore } from '../src/sqlite/store.ts';
import { KEY, temporaryDirectory } from './fixtures.ts';

/** A store in a directory of its own, for tests of other packages; `close` closes it and removes the directory. */
export interface TemporaryStore {
  readonly store: Store;
  close(): Promise<void>;
}

export function openTemporaryStore(clockNowMs?: () => number): TemporaryStore {
  const directory = temporaryDirectory();
  const store = openStore({ file: join(directory.path, 'store.db'), key: KEY, clockNowMs });
  return {
    store,
    async close() {
      await store.close();
      directory.remove();
    },
  };
}
