import { StoreError } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { sqliteCode } from './store-error.ts';
import { MIGRATIONS_FOLDER } from '../../migrations-folder.ts';

/** Tables that backup tools add for themselves (Litestream keeps its lock in one) are none of our business. */
const FOREIGN_TABLES = /^_litestream_/;

interface Migration {
  readonly number: number;
  readonly digest: string;
  readonly statements: readonly string[];
}

/**
 * Brings a file to the present tables, in one transaction: two processes that start at once do it once,
 * and a crash in between leaves the file as it was. Throws `StoreError`: `newer_schema` when a newer
 * release wrote it, `drift` when its tables are not what the migrations make.
 */
export function migrate(sqlite: Database.Database, file: string): void {
  const migrations = knownMigrations();
  sqlite
    .transaction(() => {
      applyMigrations(sqlite, migrations, file);
      const found = tablesOf(sqlite);
      const wanted = wantedTables(migrations);
      const differences = compare(found, wanted);
      if (differences.length > 0) {
        throw new StoreError(
          'drift',
          `The tables of ${file} are not those of this release: ${differences.join('; ')}`,
          'Restore the file from a backup, or name another file; nothing was changed in this one',
        );
      }
    })
    .immediate();
}

function knownMigrations(): readonly Migration[] {
  return readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).map((migration, index) => ({
    number: index + 1,
    digest: migration.hash,
    statements: migration.sql,
  }));
}

function applyMigrations(sqlite: Database.Database, migrations: readonly Migration[], file: string): void {
  sqlite.exec(
    'create table if not exists store_migrations (number integer primary key, digest text not null) strict',
  );
  const applied = sqlite
    .prepare<[], { number: number; digest: string }>(
      'select number, digest from store_migrations order by number',
    )
    .all();
  if (applied.length > migrations.length) {
    throw new StoreError(
      'newer_schema',
      `${file} was written by a newer release (${applied.length} migrations; ${migrations.length} are known)`,
      'Start that release or a newer one, or restore the backup from before the upgrade',
    );
  }
  const note = sqlite.prepare<[number, string]>(
    'insert into store_migrations (number, digest) values (?, ?)',
  );
  for (const migration of migrations) {
    const before = applied[migration.number - 1];
    if (before === undefined) {
      run(sqlite, migration, file);
      note.run(migration.number, migration.digest);
    } else if (before.digest !== migration.digest) {
      throw new StoreError(
        'drift',
        `Migration ${migration.number} differs from the one applied to ${file}`,
        'Start the release that wrote the file, or restore the file from a backup',
      );
    }
  }
}

function run(sqlite: Database.Database, migration: Migration, file: string): void {
  try {
    for (const statement of migration.statements) sqlite.exec(statement);
  } catch (cause) {
    // Such as a table of that name in a database that is not ours.
    if (sqliteCode(cause) !== 'SQLITE_ERROR') throw cause;
    throw new StoreError(
      'drift',
      `Migration ${migration.number} does not fit the tables of ${file}`,
      'Name another file; nothing was changed in this one',
      cause,
    );
  }
}

/** What the migrations make, by making it. */
function wantedTables(migrations: readonly Migration[]): ReadonlyMap<string, string> {
  const empty = new Database(':memory:');
  try {
    applyMigrations(empty, migrations, ':memory:');
    return tablesOf(empty);
  } finally {
    empty.close();
  }
}

/** Tables, indexes, views and triggers by name, with their SQL in one spelling. */
function tablesOf(sqlite: Database.Database): ReadonlyMap<string, string> {
  const rows = sqlite
    .prepare<[], { name: string; owner: string; sql: string }>(
      "select type || ' ' || name as name, tbl_name as owner, sql from sqlite_schema where sql is not null and name not like 'sqlite~_%' escape '~'",
    )
    .all();
  return new Map(
    rows
      .filter((row) => !FOREIGN_TABLES.test(row.owner))
      .map((row) => [row.name, row.sql.replaceAll(/\s+/g, ' ')]),
  );
}

function compare(found: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): readonly string[] {
  const missing = [...wanted.keys()].filter((name) => !found.has(name)).map((name) => `no ${name}`);
  const extra = [...found.keys()].filter((name) => !wanted.has(name)).map((name) => `${name} is not ours`);
  const changed = [...wanted]
    .filter(([name, sql]) => found.has(name) && found.get(name) !== sql)
    .map(([name]) => `${name} differs`);
  return [...missing, ...extra, ...changed];
}
