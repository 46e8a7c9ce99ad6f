import { join } from 'node:path';
import {
  EVENTS,
  isEnd,
  next,
  type Claim,
  type Event,
  type HiringId,
  type Transition,
  type State,
  type StepCommit,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  claimOf,
  deliveryOf,
  newHiringId,
  openingOf,
  openTestStore,
  temporaryDirectory,
} from '../../../test/fixtures.ts';
import { InvariantError } from '../connection/invariant-error.ts';

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

const NOW_MS = 1_000;

type Deed =
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'open' }
  | { readonly kind: 'receive' };

const deeds = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('event' as const), event: fc.constantFrom(...eventNames()) }),
    },
    { weight: 3, arbitrary: fc.constant<Deed>({ kind: 'open' }) },
    { weight: 1, arbitrary: fc.constant<Deed>({ kind: 'receive' }) },
  ),
  { maxLength: 20 },
);

function eventNames(): readonly Event[] {
  return Object.keys(EVENTS).filter((name) => isEvent(name));
}

function isEvent(name: string): name is Event {
  return Object.hasOwn(EVENTS, name);
}

function stepOf(deed: Exclude<Deed, { kind: 'receive' }>, { record }: Claim): StepCommit {
  if (deed.kind === 'open') return openingOf(record.hiringId, (record.attempt?.number ?? 0) + 1, NOW_MS);
  // Due even at an end, which has to ignore it.
  return { event: deed.event, cause: 'walk', dueAtMs: NOW_MS };
}

/** True when a step with no attempt asks for a state that needs one. */
function needsAttempt({ record }: Claim, to: State): boolean {
  return record.attempt === undefined && !isEnd(to) && to !== 'attention';
}

async function tryCommit(claim: Claim, step: StepCommit): Promise<string> {
  try {
    return await store.hirings.commit(claim, step, NOW_MS);
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
    await store.hirings.release(claim);
    return 'refused';
  }
}

async function walk(hiringId: HiringId, plan: readonly Deed[]): Promise<void> {
  await store.hirings.accept([deliveryOf(hiringId)]);
  for (const deed of plan) {
    // An end is only looked at again when it is heard again.
    await store.hirings.accept([deliveryOf(hiringId)]);
    if (deed.kind === 'receive') continue;
    const claim = await claimOf(store.hirings, hiringId, NOW_MS + 20_000);
    const to = deed.kind === 'open' ? 'confirmed' : next(claim.record.state, deed.event);
    const allowed = to !== undefined && (deed.kind === 'open' || !needsAttempt(claim, to));
    const outcome = await tryCommit(claim, stepOf(deed, claim));
    const record = await store.hirings.find(hiringId);
    expect({ deed, outcome, state: record?.state }).toEqual({
      deed,
      outcome: allowed ? 'committed' : 'refused',
      state: allowed ? to : claim.record.state,
    });
  }
}

/** The moves that the table does not know, or that do not begin where their attempt stood. */
function unlawful(transitions: readonly Transition[]): readonly Transition[] {
  const states = new Map<number, State>();
  return transitions.filter(({ attempt, from, event, to }) => {
    // A first attempt goes on from where the hiring stood; a later one starts over.
    const start: readonly State[] = [states.get(attempt) ?? 'received'];
    const starts = states.has(attempt)
      ? start
      : [...start, ...(attempt === 1 ? [states.get(0) ?? 'received'] : [])];
    states.set(attempt, to);
    return !starts.includes(from) || !isEvent(event) || next(from, event) !== to;
  });
}

function attemptStates(hiringId: HiringId): ReadonlyMap<number, string> {
  const sqlite = new Database(file, { readonly: true });
  const rows = sqlite
    .prepare<[string], { number: number; state: string }>(
      'select number, state from attempts where hiring_id = ?',
    )
    .all(hiringId);
  sqlite.close();
  return new Map(rows.map(({ number, state }) => [number, state]));
}

test('whatever is asked for, a hiring moves by the table only, and an end of an attempt never changes', async () => {
  await fc.assert(
    fc.asyncProperty(deeds, async (plan) => {
      const hiringId = newHiringId();
      await walk(hiringId, plan);
      const transitions = await store.hirings.history(hiringId);
      expect(unlawful(transitions)).toEqual([]);
      const last = new Map(
        transitions.filter(({ attempt }) => attempt > 0).map(({ attempt, to }) => [attempt, to]),
      );
      expect(attemptStates(hiringId)).toEqual(last);
    }),
    { numRuns: 40 },
  );
});
