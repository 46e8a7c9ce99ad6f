import { join } from 'node:path';
import type { Store } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliveryOf, newHiringId, openTestStore, temporaryDirectory } from '../../../test/fixtures.ts';
import { Connection } from './connection.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
let store: Store;
let other: Database.Database;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
  ({ store } = openTestStore(file));
  other = new Database(file);
});
afterEach(async () => {
  other.close();
  await store.close();
  directory.remove();
});

/** Lets the event loop go round. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 1);
    });
  }
}

test('a write waits for another process, while the event loop goes on', async () => {
  other.exec('begin immediate');
  const hiringId = newHiringId();
  let answered = false;
  const accepted = store.hirings.accept([deliveryOf(hiringId)]).then((outcome) => {
    answered = true;
    return outcome;
  });
  await turns(20);
  expect(answered).toBe(false);
  other.exec('commit');
  expect(await accepted).toEqual([{ kind: 'new', hiringId }]);
});

test('reads go on while another process writes', async () => {
  const hiringId = newHiringId();
  await store.hirings.accept([deliveryOf(hiringId)]);
  other.exec('begin immediate');
  expect(await store.hirings.find(hiringId)).toMatchObject({ hiringId });
  other.exec('commit');
});

test('a wait for a lock that takes too long is reported', async () => {
  const connection = new Connection(new Database(file), file);
  other.exec('begin immediate');
  await expect(connection.writeNow(() => 1, 150)).rejects.toMatchObject({ kind: 'locked' });
  other.exec('commit');
  expect(await connection.writeNow(() => 1, 150)).toBe(1);
  connection.close();
});

test('closing ends the wait for a lock', async () => {
  const connection = new Connection(new Database(file), file);
  other.exec('begin immediate');
  const waiting = connection.write(() => 1);
  connection.close();
  await expect(waiting).rejects.toMatchObject({ kind: 'closed' });
  other.exec('commit');
});

test('a transaction is all or nothing, and a part of it fails alone', async () => {
  other.exec('create table notes (text text not null)');
  const connection = new Connection(new Database(file), file);
  const insert = (text: string | null): void => {
    connection.queries.run(`insert into notes values (${text === null ? 'null' : `'${text}'`})`);
  };
  await connection.write(() => {
    connection.part(() => insert('kept'));
    expect(connection.part(() => [insert('undone'), insert(null)])).toMatchObject({ kind: 'undone' });
  });
  await expect(connection.write(() => [insert('lost'), insert(null)])).rejects.toThrow(
    'insert into notes values (null)',
  );
  expect(other.prepare('select text from notes').pluck().all()).toEqual(['kept']);
  connection.close();
});

test('after the disk lost a write nothing more is written, because nobody knows what is there', async () => {
  const connection = new Connection(new Database(file), file);
  const lost = connection.write(() => {
    throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
  });
  await expect(lost).rejects.toMatchObject({
    kind: 'disk',
    remedy: expect.stringContaining('start this process again'),
  });
  let ran = false;
  const later = connection.write(() => {
    ran = true;
  });
  await expect(later).rejects.toMatchObject({ kind: 'disk' });
  expect(ran).toBe(false);
  connection.close();
});

test.each([
  ['SQLITE_FULL', 'disk'],
  ['SQLITE_READONLY_DBMOVED', 'disk'],
  ['SQLITE_IOERR_READ', 'disk'],
  ['SQLITE_CORRUPT_INDEX', 'corrupt'],
  ['SQLITE_PROTOCOL', 'locked'],
])('%s is reported as %s, with what to do', async (code, kind) => {
  const connection = new Connection(new Database(file), file);
  const failed = connection.write(() => {
    throw new Database.SqliteError('as SQLite says', code);
  });
  await expect(failed).rejects.toMatchObject({
    name: 'StoreError',
    kind,
    message: expect.stringContaining(file),
  });
  expect(await connection.write(() => 'goes on')).toBe('goes on');
  connection.close();
});

test('a bug stays what it is', async () => {
  const connection = new Connection(new Database(file), file);
  const bug = new TypeError('a bug');
  await expect(
    connection.write(() => {
      throw bug;
    }),
  ).rejects.toBe(bug);
  connection.close();
});
