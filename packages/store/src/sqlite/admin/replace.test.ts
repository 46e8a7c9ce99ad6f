import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliveryOf, KEY, newHiringId, openTestStore, temporaryDirectory } from '../../../test/fixtures.ts';
import { EncryptionKey } from '../connection/encryption-key.ts';
import { replaceStore } from './replace.ts';

const NOW = Date.UTC(2026, 0, 2);
let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
let backup: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
  backup = join(directory.path, 'backup.db');
});
afterEach(() => directory.remove());

const refusal = (kind: string): unknown => expect.objectContaining({ name: 'StoreError', kind });

test('a backup takes the place of a store, which is kept whole', async () => {
  const [early, late] = [newHiringId(), newHiringId()];
  const { store } = openTestStore(file);
  await store.hirings.accept([deliveryOf(early)]);
  await store.backup(backup);
  await store.hirings.accept([deliveryOf(late)]);
  await expect(replaceStore({ from: backup, to: file, key: KEY, nowMs: NOW })).rejects.toEqual(
    refusal('locked'),
  );
  await store.close();

  const { kept } = await replaceStore({ from: backup, to: file, key: KEY, nowMs: NOW });
  const restored = openTestStore(file).store;
  expect(await restored.hirings.find(early)).toBeDefined();
  expect(await restored.hirings.find(late)).toBeUndefined();
  await restored.close();
  const old = openTestStore(kept ?? '').store;
  expect(await old.hirings.find(late)).toBeDefined();
  await old.close();
});

test('a damaged store is kept, too, with what lies beside it', async () => {
  const { store } = openTestStore(file);
  await store.backup(backup);
  await store.close();
  writeFileSync(file, 'x'.repeat(8_192));
  writeFileSync(`${file}-wal`, 'of the damaged one');
  const { kept = '' } = await replaceStore({ from: backup, to: file, key: KEY, nowMs: NOW });
  expect(readFileSync(kept, 'utf8')).toBe('x'.repeat(8_192));
  expect(existsSync(`${file}-wal`)).toBe(false);
  await openTestStore(file).store.close();
});

test('nothing changes for another key, and where there was none one is made', async () => {
  const { store } = openTestStore(file);
  await store.backup(backup);
  await store.close();
  const before = readdirSync(directory.path).toSorted();
  const key = EncryptionKey.fromText(Buffer.alloc(32, 9).toString('base64'));
  await expect(replaceStore({ from: backup, to: file, key, nowMs: NOW })).rejects.toEqual(
    refusal('wrong_key'),
  );
  await expect(replaceStore({ from: file, to: file, key: KEY, nowMs: NOW })).rejects.toEqual(
    refusal('exists'),
  );
  expect(readdirSync(directory.path).toSorted()).toEqual(before);
  const fresh = join(directory.path, 'fresh.db');
  expect(await replaceStore({ from: backup, to: fresh, key: KEY, nowMs: NOW })).toEqual({ kept: undefined });
});
