import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from 'drizzle-kit/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deliveryOf, newHiringId, openTestStore, temporaryDirectory } from '../../../test/fixtures.ts';
import * as schema from '../schema.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
});
afterEach(() => {
  directory.remove();
});

/** Changes the file behind the store's back. */
function tamper(statements: string): void {
  const sqlite = new Database(file);
  sqlite.exec(statements);
  sqlite.close();
}

async function makeFile(): Promise<void> {
  await openTestStore(file).store.close();
}

const failure = (kind: string, text: string): unknown =>
  expect.objectContaining({ name: 'StoreError', kind, message: expect.stringContaining(text) });

describe('opening', () => {
  test('makes the tables in an empty file that only its owner can read', async () => {
    const { store } = openTestStore(file);
    await store.hirings.accept([deliveryOf(newHiringId())]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    await store.close();
  });

  test('makes every table strict', async () => {
    await makeFile();
    const sqlite = new Database(file);
    const tables = sqlite
      .prepare<[], { name: string; strict: number }>(
        "select name, strict from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite~_%' escape '~'",
      )
      .all();
    sqlite.close();
    expect(tables.length).toBeGreaterThan(9);
    expect(tables.filter((table) => table.strict === 0)).toEqual([]);
  });

  test('refuses a file from a newer release', async () => {
    await makeFile();
    tamper("insert into store_migrations values (1000, 'of the future')");
    expect(() => openTestStore(file)).toThrow(failure('newer_schema', 'written by a newer release'));
  });

  test('refuses a file whose migration was another one', async () => {
    await makeFile();
    tamper("update store_migrations set digest = 'another'");
    expect(() => openTestStore(file)).toThrow(failure('drift', 'Migration 1 differs from'));
  });

  test.each([
    ['an index is gone', 'drop index hirings_due', 'no index hirings_due'],
    ['a table is not ours', 'create table mine (id)', 'table mine is not ours'],
    [
      'a trigger was put in',
      'create trigger t after insert on hirings begin select 1; end',
      'trigger t is not ours',
    ],
    ['a column was added', 'alter table leases add column more text', 'table leases differs'],
  ])('refuses a file in which %s', async (_, statement, problem) => {
    await makeFile();
    tamper(statement);
    expect(() => openTestStore(file)).toThrow(failure('drift', problem));
  });

  test('bears the table of a backup tool', async () => {
    await makeFile();
    tamper('create table _litestream_lock (id integer)');
    const { store } = openTestStore(file);
    expect(await store.ready()).toEqual({ kind: 'ready' });
    await store.close();
  });

  test('leaves a file that is not ours as it was', () => {
    tamper('create table hirings (mine text); insert into hirings values (1)');
    expect(() => openTestStore(file)).toThrow(failure('drift', 'Name another file'));
    const sqlite = new Database(file);
    expect(sqlite.prepare('select name from sqlite_schema').all()).toEqual([{ name: 'hirings' }]);
    sqlite.close();
  });

  test('refuses what is no database', () => {
    writeFileSync(file, 'this is text, and more than a hundred bytes of it, '.repeat(100));
    expect(() => openTestStore(file)).toThrow(failure('corrupt', file));
  });

  test('says what to do when the directory is not there', () => {
    expect(() => openTestStore(join(directory.path, 'missing', 'store.db'))).toThrow(
      failure('disk', 'Create its directory'),
    );
  });
});

test('the migrations make the tables that the schema describes', async () => {
  await makeFile();
  const migrated = new Database(file);
  const described = new Database(':memory:');
  const empty = await generateSQLiteDrizzleJson({});
  for (const statement of await generateSQLiteMigration(empty, await generateSQLiteDrizzleJson(schema))) {
    described.exec(statement);
  }
  const { store_migrations: noteOfMigrations, ...made } = shapeOf(migrated);
  expect(noteOfMigrations).toBeDefined();
  expect(made).toEqual(shapeOf(described));
  migrated.close();
  described.close();
});

/** Columns, keys and indexes of every table but the full-text index, which the schema cannot describe, whatever order and spelling they came in. */
function shapeOf(sqlite: Database.Database): Record<string, unknown> {
  const tables = sqlite
    .prepare<[], { name: string }>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~' and name not like 'hiring~_words%' escape '~'",
    )
    .all();
  const columns = sqlite.prepare(
    'select name, lower(type), "notnull", dflt_value, pk from pragma_table_xinfo(?) order by name',
  );
  const keys = sqlite.prepare(
    'select "from", "table", "to" from pragma_foreign_key_list(?) order by "from", "table", "to"',
  );
  const indexes = sqlite.prepare(
    "select name, sql from sqlite_schema where type = 'index' and tbl_name = ? and sql is not null order by name",
  );
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      { columns: columns.all(name), keys: keys.all(name), indexes: indexes.all(name) },
    ]),
  );
}
