import { StoreError } from '@agrenting-hiclaw/core/domain';
import type Database from 'better-sqlite3';
import type { EncryptionKey } from './encryption-key.ts';

const IDENTITY = 'canary';
const TEXT = 'this key opens this file';

/**
 * Seals a known text when the file is new, and opens it when it is not, so that a wrong key is seen at
 * the start and not when the first secret is needed. Throws `StoreError` `wrong_key`.
 */
export function checkKey(sqlite: Database.Database, key: EncryptionKey, file: string, nowMs: number): void {
  const sealed = sqlite
    .transaction(() => {
      sqlite
        .prepare<[Buffer, number]>(
          'insert into key_check (id, sealed, written_at_ms) values (1, ?, ?) on conflict do nothing',
        )
        .run(key.seal(TEXT, IDENTITY), nowMs);
      return sqlite.prepare<[], { sealed: Buffer }>('select sealed from key_check where id = 1').get()
        ?.sealed;
    })
    .immediate();
  try {
    if (sealed !== undefined && key.unseal(sealed, IDENTITY) === TEXT) return;
  } catch (cause) {
    throw wrongKey(file, cause);
  }
  throw wrongKey(file);
}

function wrongKey(file: string, cause?: unknown): StoreError {
  return new StoreError(
    'wrong_key',
    `${file} was written with another encryption key`,
    'Configure the key that the file was created with; without it, start with a new file',
    cause,
  );
}
