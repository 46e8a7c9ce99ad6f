import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  next,
  type Event,
  type HiringId,
  type State,
  type StepCommit,
  type Store,
  StoreError,
} from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FAULT_KINDS, Faults, type FaultKind } from '../../../test/faults.ts';
import {
  deliveryOf,
  newHiringId,
  openingOf,
  openTestStore,
  SEND_RATE,
  settlementOf,
  temporaryDirectory,
  WORKER,
} from '../../../test/fixtures.ts';

/** Hundreds of stores, none of which has to outlive the computer. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const NOW_MS = 1_000;
const LEASE_MS = 1_000;
const TIMEOUT_MS = 120_000;

let directory: ReturnType<typeof temporaryDirectory>;
let faults: Faults;
beforeEach(() => {
  directory = temporaryDirectory(PARENT);
  faults = new Faults();
});
afterEach(() => {
  faults.remove();
  directory.remove();
});

const fileOf = (name: number | string): string => join(directory.path, `${name}.db`);

const MOVES: Readonly<Partial<Record<State, Event>>> = {
  confirmed: 'staged',
  staged: 'sent',
  sent: 'acknowledged',
  acknowledged: 'submitted',
  submitted: 'result_accepted',
  settling: 'result_settled',
};
/** How many moves a hiring makes on its way. */
const WAY = 7;

/** What the store has said it did. */
interface Acknowledged {
  accepted: boolean;
  transitions: number;
  /** That of the activity stream. */
  position: string | undefined;
}

/** One hiring on its way, told to a store that may fail at any call. */
class Journey {
  readonly hiringId: HiringId = newHiringId();
  readonly acknowledged: Acknowledged = { accepted: false, transitions: 0, position: undefined };
  readonly #settlement = settlementOf(1);
  #nowMs = NOW_MS;

  /** Goes the whole way, from wherever the store says that it is. */
  async finish(store: Store): Promise<void> {
    const { hirings } = store;
    if ((await hirings.find(this.hiringId)) === undefined) {
      const [outcome] = await hirings.accept([deliveryOf(this.hiringId)]);
      if (outcome?.kind !== 'new') throw new Error(`it was ${outcome?.kind}`);
      this.acknowledged.accepted = true;
    }
    for (;;) {
      const record = await hirings.find(this.hiringId);
      if (record === undefined) throw new Error('it was lost');
      if (record.state === 'completed') return;
      await this.#step(store);
    }
  }

  async #step({ hirings, activities, budgets }: Store): Promise<void> {
    // Its former holder is gone.
    this.#nowMs += LEASE_MS;
    const nowMs = this.#nowMs;
    const [claim] = await hirings.claim({ holder: 'test', nowMs, leaseMs: LEASE_MS, limit: 5 });
    if (claim === undefined) throw new Error('it is not due');
    const { state } = claim.record;
    if (state === 'staged') {
      const slotHeld = await hirings.reserveWorker(claim, WORKER.name, 1);
      if (!slotHeld) throw new Error('its place is taken');
      await budgets.take({ lane: { name: 'home', ceiling: SEND_RATE }, rank: 'assignment' }, nowMs);
    }
    if (state === 'sent') {
      const { roomId, userId } = WORKER;
      const activity = { roomId, userId, kind: 'receipt', eventId: '$1', atMs: nowMs } as const;
      await activities.record('one', 's1', [activity], nowMs);
      this.acknowledged.position = 's1';
    }
    const outcome = await hirings.commit(claim, this.#stepOf(state), nowMs);
    if (outcome !== 'committed') throw new Error(`the step from ${state} was ${outcome}`);
    this.acknowledged.transitions += 1;
  }

  #stepOf(state: State): StepCommit {
    if (state === 'received') return openingOf(this.hiringId, 1, this.#nowMs);
    const event = MOVES[state];
    if (event === undefined) throw new Error(`nothing follows ${state}`);
    const settlement = event === 'result_accepted' ? { settlement: this.#settlement } : {};
    return { event, cause: 'x', dueAtMs: this.#nowMs, ...settlement };
  }
}

/** How it failed; only what a store may throw comes back. */
async function failureOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return error.kind;
  }
}

/** What is wrong in a file, as a newly started process sees it. */
function contradictions(file: string, { hiringId, acknowledged }: Journey): readonly string[] {
  const sqlite = new Database(file);
  const count = (statement: string, ...parameters: unknown[]): number =>
    Number(
      sqlite
        .prepare<unknown[], number>(statement)
        .pluck()
        .get(...parameters),
    );
  const transitions = sqlite
    .prepare<[string], { from: State; event: Event; to: State; attempt: number }>(
      'select from_state as "from", event, to_state as "to", attempt from history where hiring_id = ? order by sequence',
    )
    .all(hiringId);
  const states = sqlite
    .prepare<[], { state: State; attempt: number }>('select state, attempt from hirings')
    .all();
  const attempts = sqlite
    .prepare<[], { state: State; number: number; generation: number; slotHeld: number }>(
      'select state, number, generation, slot_held as slotHeld from attempts',
    )
    .all();
  const rows = {
    hirings: states.length,
    documents: count('select count(*) from inbox where hiring_id = ?', hiringId),
    settlements: count('select count(*) from settlements'),
    activities: count('select count(*) from worker_activity'),
    positions: count('select count(*) from sync_cursors'),
  };
  const integrity = sqlite.pragma('integrity_check', { simple: true });
  const orphans = sqlite.pragma('foreign_key_check');
  sqlite.close();

  const state = states[0]?.state;
  const last = transitions.at(-1)?.to;
  const opened = transitions.length > 0 ? 1 : 0;
  const settles = state === 'settling' || state === 'completed' ? 1 : 0;
  const rules: Readonly<Record<string, boolean>> = {
    'the file is whole': integrity === 'ok' && Array.isArray(orphans) && orphans.length === 0,
    'what was accepted is there': rows.hirings === 1 || (rows.hirings === 0 && !acknowledged.accepted),
    'its document is there': rows.documents === rows.hirings,
    'no acknowledged move is lost': transitions.length >= acknowledged.transitions,
    'at most the move in question was made besides': transitions.length <= acknowledged.transitions + 1,
    'history tells the state': rows.hirings === 0 || state === (last ?? 'received'),
    'moves follow each other': transitions.every(
      (transition, index) =>
        transition.from === (transitions[index - 1]?.to ?? 'received') &&
        next(transition.from, transition.event) === transition.to,
    ),
    'the attempt is there when it was opened':
      attempts.length === opened && (states[0]?.attempt ?? 0) === opened,
    'the attempt is where the hiring is': attempts.every((attempt) => attempt.state === state),
    'the settlement is there when it settles':
      rows.settlements === settles && attempts.every(({ generation }) => generation === settles),
    'a place is held by who is at work': attempts.every(
      ({ slotHeld }) =>
        slotHeld === (state === 'sent' || state === 'acknowledged' ? 1 : 0) || state === 'staged',
    ),
    'activities and their place are there together': rows.activities === rows.positions,
    'no acknowledged activity is lost': rows.positions === 1 || acknowledged.position === undefined,
  };
  return Object.keys(rules).filter((rule) => rules[rule] !== true);
}

/** Runs the way with the k-th call failing; gives false when there is no k-th. */
async function journeyWithFault(kind: FaultKind, at: number): Promise<boolean> {
  const file = fileOf(at);
  copyFileSync(fileOf('empty'), file);
  let { store } = openTestStore(file);
  const journey = new Journey();
  faults.arm(at, kind);
  const failure = await failureOf(async () => await journey.finish(store));
  const reached = faults.disarm();

  expect({ at, wrong: contradictions(file, journey) }).toEqual({ at, wrong: [] });
  expect([undefined, 'disk']).toContain(failure);
  const dead = kind.calls === Number.POSITIVE_INFINITY;
  if (dead) {
    await store.close();
    ({ store } = openTestStore(file));
  }
  const made = (await store.hirings.history(journey.hiringId)).length;
  journey.acknowledged.transitions = made;
  await journey.finish(store);
  await store.close();
  expect({ at, wrong: contradictions(file, journey) }).toEqual({ at, wrong: [] });
  expect(journey.acknowledged.transitions).toBe(WAY);
  rmSync(file);
  return reached;
}

const MIGRATIONS = readMigrationFiles({
  migrationsFolder: join(import.meta.dirname, '../../../migrations'),
}).length;

/** Every seventh call keeps a run short; `npm run test:long` takes all of them. */
const EVERY = process.env['TEST_EVERY_CALL'] === '1' ? 1 : 7;

describe.each(FAULT_KINDS)('when any one call of SQLite $name', (kind) => {
  test('a hiring is where its history says, and can go on', { timeout: TIMEOUT_MS }, async () => {
    await openTestStore(fileOf('empty')).store.close();
    let at = 1;
    while (await journeyWithFault(kind, at)) at += EVERY;
    // Nearly all of them are within transactions.
    expect(at).toBeGreaterThan(100);
  });

  test('an empty file is opened wholly or stays empty', { timeout: TIMEOUT_MS }, async () => {
    let at = 1;
    for (let reached = true; reached; at += EVERY) {
      const file = fileOf(at);
      faults.arm(at, kind);
      const opened = await failureOf(async () => await openTestStore(file).store.close());
      reached = faults.disarm();
      expect([undefined, 'disk']).toContain(opened);
      const sqlite = new Database(file);
      const tables = Number(sqlite.prepare('select count(*) from sqlite_schema').pluck().get());
      const applied =
        tables === 0 ? 0 : Number(sqlite.prepare('select count(*) from store_migrations').pluck().get());
      sqlite.close();
      expect([0, tables === 0 ? 0 : MIGRATIONS]).toContain(applied);
      expect(applied === 0).toBe(tables === 0);

      const { store } = openTestStore(file);
      const journey = new Journey();
      if (at % 10 === 1) await journey.finish(store);
      expect(await store.ready()).toEqual({ kind: 'ready' });
      await store.close();
      rmSync(file);
    }
    expect(at).toBeGreaterThan(20);
  });
});
