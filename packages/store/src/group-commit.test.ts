import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  heardOf,
  KEY,
  malformedOf,
  newHiringId,
  openTestStore,
  temporaryDirectory,
} from '../test/fixtures.ts';
import { Changes } from './changes.ts';
import { Connection } from './connection.ts';
import { SqliteHiringStore } from './hiring-store.ts';
import { StoreError } from './store-error.ts';
import type { Store } from './store.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
let store: Store;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
  ({ store } = openTestStore(file));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const logBytes = (): number => statSync(`${file}-wal`).size;
/** No time at all: the table refuses it. */
const unstorable = (): ReturnType<typeof heardOf> => heardOf(newHiringId(), { atMs: Number.NaN });

test('all that is heard in one turn shares one transaction', async () => {
  await store.hirings.accept([heardOf(newHiringId())]);
  const before = logBytes();
  await Promise.all(
    Array.from({ length: 50 }, async () => await store.hirings.accept([heardOf(newHiringId())])),
  );
  const together = logBytes() - before;
  for (let count = 0; count < 50; count += 1) await store.hirings.accept([heardOf(newHiringId())]);
  const oneByOne = logBytes() - before - together;
  // A transaction writes each page that it changed once.
  expect(together * 5).toBeLessThan(oneByOne);
});

test('one that cannot be stored fails alone', async () => {
  const [good, other] = [newHiringId(), newHiringId()];
  const bad = unstorable();
  const [first, second, third] = await Promise.allSettled([
    store.hirings.accept([heardOf(good)]),
    store.hirings.accept([bad]),
    store.hirings.accept([bad, heardOf(other)]),
  ]);
  expect(first).toEqual({ status: 'fulfilled', value: [{ kind: 'new', hiringId: good }] });
  expect(second.status).toBe('rejected');
  expect(third).toMatchObject({
    status: 'fulfilled',
    value: [
      { kind: 'malformed', problem: 'the store could not keep it' },
      { kind: 'new', hiringId: other },
    ],
  });
  expect((await store.hirings.backlog(0, 0)).byState.heard).toBe(2);
});

test('a full disk rejects what it cannot keep, and keeps what was there', async () => {
  const kept = newHiringId();
  await store.hirings.accept([heardOf(kept)]);
  const sqlite = new Database(file);
  sqlite.pragma(`max_page_count = ${Number(sqlite.pragma('page_count', { simple: true })) + 16}`);
  const connection = new Connection(sqlite, file);
  const full = new SqliteHiringStore({
    connection,
    key: KEY,
    changes: new Changes(),
    nowMs: () => 1_000,
    onUnreadable: () => undefined,
  });

  const raw = 'x'.repeat(10_000);
  const kinds: string[] = [];
  for (let count = 0; count < 20; count += 1) {
    const hiringId = newHiringId();
    const [outcome] = await Promise.allSettled([full.accept([heardOf(hiringId, { raw })])]);
    kinds.push(outcome.status === 'rejected' ? kindOf(outcome.reason) : 'kept');
    expect((await store.hirings.find(hiringId)) === undefined).toBe(outcome.status === 'rejected');
  }
  expect(new Set(kinds)).toEqual(new Set(['kept', 'disk']));
  expect(await store.hirings.find(kept)).toMatchObject({ state: 'heard' });
  connection.close();
});

function kindOf(error: unknown): string {
  return error instanceof StoreError ? error.kind : String(error);
}

test('more than can wait is refused, and taken again later', async () => {
  const many = Array.from({ length: 20_000 }, () => malformedOf('{}'));
  const waiting = store.hirings.accept(many);
  await expect(store.hirings.accept([heardOf(newHiringId())])).rejects.toMatchObject({ kind: 'overloaded' });
  expect(await waiting).toHaveLength(20_000);
  expect(await store.hirings.accept([heardOf(newHiringId())])).toMatchObject([{ kind: 'new' }]);
});

test('closing answers what was given before, and takes nothing more', async () => {
  const hiringId = newHiringId();
  const accepted = store.hirings.accept([heardOf(hiringId)]);
  const closed = store.close();
  await expect(store.hirings.accept([heardOf(newHiringId())])).rejects.toMatchObject({ kind: 'closed' });
  expect(await accepted).toEqual([{ kind: 'new', hiringId }]);
  await closed;
  await expect(store.hirings.find(hiringId)).rejects.toMatchObject({ kind: 'closed' });
  expect(await store.ready()).toMatchObject({ kind: 'not_ready' });
});
