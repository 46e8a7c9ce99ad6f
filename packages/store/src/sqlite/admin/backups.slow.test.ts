import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { HiringId, Store } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  deliveryOf,
  KEY,
  newHiringId,
  openingOf,
  openTestStore,
  take,
  temporaryDirectory,
  TOKEN,
} from '../../../test/fixtures.ts';
import { startReceiving } from '../../../test/receiving-process.ts';
import { EncryptionKey } from '../connection/encryption-key.ts';
import { restoreStore } from './restore.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
let backup: string;
let to: string;
let store: Store;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
  backup = join(directory.path, 'backup.db');
  to = join(directory.path, 'restored.db');
  ({ store } = openTestStore(file));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const failure = (kind: string, text: string): unknown =>
  expect.objectContaining({ name: 'StoreError', kind, message: expect.stringContaining(text) });
const namesWith = (text: string): readonly string[] =>
  readdirSync(directory.path).filter((name) => name.includes(text));

/** Hears hirings whose documents make the file so large that copying it takes many turns. */
async function receiveMany(): Promise<readonly HiringId[]> {
  const ids = Array.from({ length: 200 }, () => newHiringId());
  await store.hirings.accept(ids.map((id) => deliveryOf(id, { raw: `{"text":"${'x'.repeat(40_000)}"}` })));
  return ids;
}

async function expectReceived(of: Store, ids: Iterable<HiringId>): Promise<void> {
  for (const id of ids) expect(await of.hirings.find(id)).toMatchObject({ hiringId: id });
}

describe('a backup', () => {
  test(
    'has everything that was stored before it began, while others go on writing',
    { timeout: 60_000 },
    async () => {
      const acknowledged: HiringId[] = [...(await receiveMany())];
      const writers = [1, 2].map(() => startReceiving(file));
      await expect
        .poll(() => writers.every((writer) => writer.received().length > 50), { timeout: 60_000 })
        .toBe(true);
      const before = [...acknowledged, ...writers.flatMap((writer) => writer.received())];

      const making = { done: false };
      const made = store.backup(backup).finally(() => (making.done = true));
      const during: HiringId[] = [];
      do {
        const id = newHiringId();
        await store.hirings.accept([deliveryOf(id)]);
        during.push(id);
      } while (!making.done);
      await made;
      for (const writer of writers) await writer.kill();

      await restoreStore({ from: backup, to, key: KEY });
      const restored = openTestStore(to).store;
      await expectReceived(restored, before);
      expect(await restored.ready()).toEqual({ kind: 'ready' });
      await restored.close();
      await expectReceived(store, [...before, ...during]);
    },
  );

  test('keeps records, history and secrets, and gives them to who has the key', async () => {
    const hiringId = newHiringId();
    await store.hirings.accept([deliveryOf(hiringId, {}, { repoToken: TOKEN })]);
    await take(store.hirings, hiringId, openingOf(hiringId, 1, 5_000), 1_000);
    await store.backup(backup);
    expect(readFileSync(backup).includes(TOKEN.reveal())).toBe(false);

    await restoreStore({ from: backup, to, key: KEY });
    const restored = openTestStore(to).store;
    const record = await restored.hirings.find(hiringId);
    expect(record).toEqual(await store.hirings.find(hiringId));
    expect(record?.received.hiring.repoToken?.reveal()).toBe(TOKEN.reveal());
    expect(await restored.hirings.history(hiringId)).toEqual(await store.hirings.history(hiringId));
    await restored.close();
  });

  test('is one file that only its owner can read', async () => {
    await store.backup(backup);
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(namesWith('backup')).toEqual(['backup.db']);
  });

  test('never takes the place of a file', async () => {
    writeFileSync(backup, 'precious');
    await expect(store.backup(backup)).rejects.toEqual(failure('exists', backup));
    expect(readFileSync(backup, 'utf8')).toBe('precious');
    await expect(store.backup(file)).rejects.toEqual(failure('exists', file));
    expect(namesWith('partial')).toEqual([]);
  });

  test('two that are made at once under one name are one', async () => {
    const made = await Promise.allSettled([store.backup(backup), store.backup(backup)]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: failure('exists', backup),
    });
    expect(namesWith('backup')).toEqual(['backup.db']);
  });

  test('says what to do when the directory is not there', async () => {
    const missing = join(directory.path, 'missing', 'backup.db');
    await expect(store.backup(missing)).rejects.toEqual(failure('disk', 'Create its directory'));
  });

  test('lets the event loop go round', async () => {
    await receiveMany();
    const making = { done: false, turns: 0 };
    const countTurns = (): void => {
      making.turns += 1;
      if (!making.done) setImmediate(countTurns);
    };
    countTurns();
    await store.backup(backup);
    making.done = true;
    // 8 MB are 2,000 pages.
    expect(statSync(backup).size).toBeGreaterThan(8_000_000);
    expect(making.turns).toBeGreaterThan(25);
  });

  test('ends with the store, and leaves nothing behind', async () => {
    await receiveMany();
    const [made] = await Promise.allSettled([store.backup(backup), store.close()]);
    expect(made).toMatchObject({ reason: failure('closed', 'closed') });
    expect([...namesWith('backup'), ...namesWith('partial')]).toEqual([]);
    await expect(store.backup(backup)).rejects.toEqual(failure('closed', 'closed'));
  });
});

describe('restoring', () => {
  beforeEach(async () => {
    await receiveMany();
    await store.backup(backup);
  });

  /** Why it is refused, which leaves nothing behind. */
  async function refusal(key = KEY): Promise<unknown> {
    const [restored] = await Promise.allSettled([restoreStore({ from: backup, to, key })]);
    expect([...namesWith('restored'), ...namesWith('partial')]).toEqual([]);
    return restored.status === 'rejected' ? restored.reason : undefined;
  }

  /** Changes the backup. */
  function tamper(statements: string): void {
    const sqlite = new Database(backup);
    sqlite.exec(statements);
    sqlite.close();
  }

  test('leaves the backup as it is', async () => {
    chmodSync(backup, 0o400);
    const before = readFileSync(backup);
    await restoreStore({ from: backup, to, key: KEY });
    expect(readFileSync(backup).equals(before)).toBe(true);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(namesWith('restored')).toEqual(['restored.db']);
  });

  test.each(['', '-wal', '-journal'])('never takes the place of a store (%s)', async (ending) => {
    writeFileSync(`${to}${ending}`, 'precious');
    await expect(restoreStore({ from: backup, to, key: KEY })).rejects.toEqual(
      failure('exists', `${to}${ending}`),
    );
    expect(readFileSync(`${to}${ending}`, 'utf8')).toBe('precious');
    expect(namesWith('restored')).toHaveLength(1);
  });

  test('refuses another key', async () => {
    expect(await refusal(EncryptionKey.fromText('22'.repeat(32)))).toEqual(failure('wrong_key', backup));
  });

  test('refuses what was cut off', async () => {
    truncateSync(backup, 1_000_000);
    expect(await refusal()).toEqual(failure('corrupt', backup));
  });

  test('refuses a page that was damaged', async () => {
    const bytes = readFileSync(backup);
    bytes.fill(0xab, 40 * 4_096, 60 * 4_096);
    writeFileSync(backup, bytes);
    expect(await refusal()).toEqual(failure('corrupt', backup));
  });

  test('refuses what is no store', async () => {
    writeFileSync(backup, '');
    expect(await refusal()).toEqual(failure('drift', 'not a backup of a store'));
    tamper('create table mine (id)');
    expect(await refusal()).toEqual(failure('drift', 'not a backup of a store'));
    writeFileSync(backup, 'this is text, and more than a hundred bytes of it, '.repeat(100));
    expect(await refusal()).toEqual(failure('corrupt', backup));
  });

  test('refuses tables that are not those of this release', async () => {
    tamper('drop index hirings_due');
    expect(await refusal()).toEqual(failure('drift', 'no index hirings_due'));
    tamper("insert into store_migrations values (1000, 'of the future')");
    expect(await refusal()).toEqual(failure('newer_schema', backup));
  });

  test('refuses a store that may be in use, and says to make a backup of it', async () => {
    await expect(restoreStore({ from: file, to, key: KEY })).rejects.toEqual(
      failure('locked', 'Make a backup'),
    );
    copyFileSync(backup, join(directory.path, 'copy.db'));
    await restoreStore({ from: join(directory.path, 'copy.db'), to, key: KEY });
  });

  test('says what to do when there is no such backup', async () => {
    await expect(restoreStore({ from: join(directory.path, 'missing.db'), to, key: KEY })).rejects.toEqual(
      failure('disk', 'missing.db'),
    );
  });
});
