import { chmodSync, chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Claim, HiringId, SendLane, Store } from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  claimOf,
  deliveryOf,
  newHiringId,
  openingOf,
  openTestStore,
  SEND_RATE,
  take,
  temporaryDirectory,
  WORKER,
} from '../../../test/fixtures.ts';

/** Somebody who owns nothing. */
const NOBODY = 65_534;
/** Does not fit into what is free of any page. */
const LARGE = 'x'.repeat(200_000);
const lane: SendLane = { name: LARGE, ceiling: SEND_RATE };

let directory: ReturnType<typeof temporaryDirectory>;
let file: string;
beforeEach(() => {
  directory = temporaryDirectory();
  file = join(directory.path, 'store.db');
});
afterEach(() => {
  directory.remove();
});

/** What goes wrong with a file under an open store, and how it ends. */
interface StepFailure {
  begin(sqlite: Database.Database): void;
  end(sqlite: Database.Database): void;
}

const TROUBLES: readonly (readonly [string, StepFailure])[] = [
  [
    'the disk is full',
    {
      begin: (sqlite) =>
        sqlite.pragma(`max_page_count = ${Number(sqlite.pragma('page_count', { simple: true }))}`),
      end: (sqlite) => sqlite.pragma('max_page_count = 1000000'),
    },
  ],
  [
    'the file can only be read',
    {
      begin: (sqlite) => sqlite.pragma('query_only = on'),
      end: (sqlite) => sqlite.pragma('query_only = off'),
    },
  ],
];

describe.each(TROUBLES)('while %s', (_, lastFailure) => {
  let store: Store;
  let sqlite: Database.Database;
  let staged: HiringId;
  let waiting: HiringId;
  let claim: Claim;
  beforeEach(async () => {
    const pragma = vi.spyOn(Database.prototype, 'pragma');
    ({ store } = openTestStore(file));
    const [opened] = pragma.mock.contexts;
    pragma.mockRestore();
    if (!(opened instanceof Database)) throw new Error('the store opened no database');
    sqlite = opened;
    [staged, waiting] = [newHiringId(), newHiringId()];
    await store.hirings.accept([deliveryOf(staged)]);
    await take(store.hirings, staged, openingOf(staged, 1, 1_000), 1_000);
    await take(store.hirings, staged, { event: 'staged', cause: 'x', dueAtMs: 1_000 }, 1_000);
    claim = await claimOf(store.hirings, staged, 1_000);
    await store.hirings.accept([deliveryOf(waiting)]);
  });
  afterEach(async () => {
    await store.close();
  });

  const { roomId, userId } = WORKER;
  /** Every write, so large that it needs room, and whether it was done. */
  const writes: Readonly<Record<string, () => Promise<unknown>>> = {
    accept: async () => await store.hirings.accept([deliveryOf(newHiringId(), { raw: LARGE })]),
    claim: async () => await store.hirings.claim({ holder: LARGE, nowMs: 1_000, leaseMs: 60_000, limit: 10 }),
    commit: async () =>
      await store.hirings.commit(claim, { event: 'sent', cause: LARGE, dueAtMs: 9_000 }, 1_000),
    reserveWorker: async () => await store.hirings.reserveWorker(claim, LARGE, 1),
    record: async () =>
      await store.activities.record(
        'one',
        's1',
        [{ roomId, userId, kind: 'message', eventId: '$1', text: LARGE, atMs: 1 }],
        1_000,
      ),
    'take a lease': async () => await store.leases.take('rooms', LARGE, 1_000, 500),
    'take a message': async () => await store.budgets.take({ lane, rank: 'assignment' }, 1_000),
    'hold messages': async () =>
      await store.budgets.refused(lane, { takenAtMs: 1_000, retryAfterMs: 5_000 }, 1_000),
  };

  test.each(Object.keys(writes))(
    '%s says so and changes nothing, and works once there is room',
    async (name) => {
      const write = writes[name];
      if (write === undefined) throw new Error(`there is no ${name}`);
      const before = contents();
      lastFailure.begin(sqlite);
      const failed = expect.objectContaining({ name: 'StoreError', kind: 'disk' });
      for (let count = 0; count < 3; count += 1) await expect(write()).rejects.toEqual(failed);
      expect(contents()).toEqual(before);
      // Reading goes on.
      expect(await store.hirings.find(staged)).toMatchObject({ state: 'staged' });
      expect(await store.hirings.history(staged)).toHaveLength(2);

      lastFailure.end(sqlite);
      await write();
      expect(contents()).not.toEqual(before);
      expect(await store.ready()).toEqual({ kind: 'ready' });
      expect(await store.hirings.find(waiting)).toMatchObject({ hiringId: waiting });
    },
  );

  test('a claim that was given before is still good afterwards', async () => {
    lastFailure.begin(sqlite);
    await expect(
      store.hirings.commit(claim, { event: 'sent', cause: LARGE, dueAtMs: 9_000 }, 1_000),
    ).rejects.toThrow(file);
    lastFailure.end(sqlite);
    expect(await store.hirings.renew(claim, 2_000, 60_000)).toBe(true);
    expect(await store.hirings.commit(claim, { event: 'sent', cause: 'x', dueAtMs: 9_000 }, 2_000)).toBe(
      'committed',
    );
  });

  /** Every row of every table, as another process sees them. */
  function contents(): unknown {
    const other = new Database(file, { readonly: true });
    const names = other
      .prepare<[], string>("select name from sqlite_schema where type = 'table'")
      .pluck()
      .all();
    const rows = names.map((name) => [name, other.prepare(`select * from ${name}`).all()]);
    other.close();
    return rows;
  }
});

/** Runs as somebody who owns nothing when the tests run as somebody who may do everything. */
function asNobody<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('opening says what to do', () => {
  const refused = (): unknown =>
    expect.objectContaining({ name: 'StoreError', kind: 'disk', message: expect.stringContaining(file) });

  async function makeFile(): Promise<void> {
    await openTestStore(file).store.close();
    if (process.getuid?.() === 0) {
      for (const path of [directory.path, file]) chownSync(path, NOBODY, NOBODY);
    }
  }

  test('when the file can only be read', async () => {
    await makeFile();
    chmodSync(file, 0o400);
    expect(() => asNobody(() => openTestStore(file))).toThrow(refused());
    chmodSync(file, 0o600);
    const { store } = asNobody(() => openTestStore(file));
    expect(await store.ready()).toEqual({ kind: 'ready' });
    await store.close();
  });

  test('when nothing can be made in the directory', async () => {
    await makeFile();
    chmodSync(directory.path, 0o500);
    expect(() => asNobody(() => openTestStore(file))).toThrow(refused());
    expect(statSync(file).size).toBeGreaterThan(0);
    chmodSync(directory.path, 0o700);
  });
});
