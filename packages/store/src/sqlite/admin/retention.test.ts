import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import {
  UNNAMED_AGENT,
  type AttemptProgress,
  type HiringId,
  type EndedHiring,
  type Remains,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  deliveryOf,
  hiringOf,
  malformedOf,
  newHiringId,
  openTestStore,
  progressOf,
  settlementOf,
  take,
  temporaryDirectory,
  TOKEN,
  taskOf,
} from '../../../test/fixtures.ts';

const CANARIES = [
  'canary-description',
  'canary-result',
  'canary-extra',
  'canary-raw',
  'canary-activity',
  'canary-said',
];

/** What a worker said, wherever an attempt remembers it. */
const SAID: Partial<AttemptProgress> = {
  attention: {
    reason: { code: 'push_refused', problem: 'canary-said' },
    quote: 'canary-said',
    from: 'submitted',
  },
  blocked: { atMs: 1, why: 'canary-said' },
  pending: { kind: 'question', what: 'canary-said', source: '$1', atMs: 1 },
  unclear: { kind: 'completed', words: 'canary-said', source: '$1', atMs: 1, receivedAtMs: 1, sinceMs: 1 },
  guard: { eventId: '$1', firstEventId: '$1', text: 'canary-said', characters: 11, atMs: 1 },
  received: [
    {
      source: '$1',
      statement: { kind: 'error', what: 'canary-said' },
      atMs: 1,
      placeMs: 1,
      receivedAtMs: 1,
      sinceMs: 1,
    },
  ],
  accepted: {
    result: { text: 'canary-said', summary: 'canary-said', notes: ['canary-said'] },
    sha256: 'c0ffee',
    digest: 'digest',
    files: [],
  },
};

let store: Store;
let clock: { nowMs: number };
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
  ({ store, clock } = openTestStore(join(directory.path, 'store.db')));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const openingWith = (hiringId: HiringId, number: number, atMs: number) =>
  ({
    event: 'confirmed',
    cause: 'x',
    open: {
      number,
      taskId: taskOf(hiringId, number),
      marker: { traceAttempt: number },
      hiring: hiringOf(hiringId, { description: 'canary-description', extras: { more: 'canary-extra' } }),
    },
    progress: progressOf({ room: { roomId: `!${hiringId}-${number}`, userId: '@alice:test' } }),
    reread: true,
    dueAtMs: atMs,
  }) as const;

/** A hiring that failed at the given moment, with texts wherever texts can be. */
async function failed(atMs: number): Promise<HiringId> {
  clock.nowMs = atMs;
  const { hirings } = store;
  const hiringId = newHiringId();
  const raw = JSON.stringify({ id: hiringId, text: 'canary-raw' });
  await hirings.accept([deliveryOf(hiringId, { raw, atMs }, { description: 'canary-description' })]);
  await take(hirings, hiringId, openingWith(hiringId, 1, atMs), atMs);
  const roomId = `!${hiringId}-1`;
  const activity = {
    roomId,
    userId: '@alice:test',
    kind: 'message',
    eventId: '$1',
    atMs,
    text: 'canary-activity',
  };
  await store.activities.record('us', 'here', [{ ...activity, kind: 'message' }], atMs);
  const deciding = {
    event: 'failure_decided',
    cause: 'x',
    progress: progressOf({
      ...SAID,
      room: { roomId, userId: '@alice:test' },
      milestones: [{ kind: 'sent', atMs, evidence: '$event' }],
      verdict: { kind: 'failure', failure: { reason: 'other', text: 'canary-result' } },
    }),
    settlement: settlementOf(1, { endpoint: 'failure', body: '{"error":"canary-result"}' }),
    dueAtMs: atMs,
  } as const;
  await take(hirings, hiringId, deciding, atMs);
  await take(hirings, hiringId, { event: 'failure_settled', cause: 'x' }, atMs);
  return hiringId;
}

async function over(remains: Remains, beforeMs: number): Promise<readonly EndedHiring[]> {
  return await store.retention.ended({ remains, beforeMs, limit: 100 });
}

/** Everything in the file as text. */
function dump(): string {
  const sqlite = new Database(join(directory.path, 'store.db'), { readonly: true });
  const rows = [
    'hirings',
    'attempts',
    'settlements',
    'worker_activity',
    'inbox',
    'history',
    'attempt_rooms',
  ].map((table) => sqlite.prepare(`select * from ${table}`).all());
  sqlite.close();
  return JSON.stringify(rows);
}

describe('retention', () => {
  test('finds what ended before a moment, the longest ended first, page by page', async () => {
    const first = await failed(1_000);
    const second = await failed(2_000);
    await failed(3_000);
    const open = newHiringId();
    await store.hirings.accept([deliveryOf(open)]);
    const found = await over('texts', 3_000);
    expect(found).toEqual([
      { hiringId: first, endedAtMs: 1_000, taskIds: [taskOf(first, 1)] },
      { hiringId: second, endedAtMs: 2_000, taskIds: [taskOf(second, 1)] },
    ]);
    const page = { remains: 'folders', beforeMs: 3_000, limit: 1 } as const;
    const [one] = await store.retention.ended(page);
    expect(await store.retention.ended({ ...page, after: one })).toEqual(found.slice(1));
  });

  test('empties every text, once, and keeps ids, times, proofs and price', async () => {
    const hiringId = await failed(1_000);
    clock.nowMs = 5_000;
    const before = await store.evidence(hiringId);
    const ended = await over('texts', 2_000);
    expect(await store.retention.empty(ended)).toEqual([hiringId]);
    const after = await store.evidence(hiringId);
    for (const canary of CANARIES) expect(dump()).not.toContain(canary);
    expect(after).toMatchObject({
      redactedAtMs: 5_000,
      history: before?.history,
      attempts: [
        {
          endedAtMs: 1_000,
          attempt: {
            hiring: { price: '25.00', description: '', extras: {} },
            progress: { milestones: [{ evidence: '$event' }], verdict: { failure: { text: '' } } },
          },
          settlements: [{ body: expect.stringMatching(/^\{"emptied":true,"bytes":25,"sha256":"\w{64}"\}$/) }],
        },
      ],
    });
    clock.nowMs = 6_000;
    expect(await over('texts', 2_000)).toEqual([]);
    expect(await store.retention.empty(ended)).toEqual([]);
    expect(await store.evidence(hiringId)).toEqual(after);
  });

  test('leaves what the hirer had run again alone, and the retry works after texts were emptied', async () => {
    const hiringId = await failed(1_000);
    clock.nowMs = 5_000;
    const ended = await over('texts', 2_000);
    const [one] = ended;
    await store.retention.empty(ended);
    const noteFolders = async () => one !== undefined && (await store.retention.foldersDeleted(one));
    expect(await noteFolders()).toBe(true);

    await store.hirings.accept([deliveryOf(hiringId, { raw: 'again' }, { repoToken: TOKEN })]);
    // It waits to be read: nothing of it goes any more.
    expect(await over('history', 2_000)).toEqual([]);
    await take(store.hirings, hiringId, openingWith(hiringId, 2, 6_000), 6_000);
    expect(await store.hirings.find(hiringId)).toMatchObject({
      state: 'confirmed',
      attempt: { number: 2, hiring: { description: 'canary-description' } },
    });
    for (const remains of ['texts', 'folders', 'history'] as const) {
      expect(await over(remains, 9_000)).toEqual([]);
    }
    expect(await store.retention.empty(ended)).toEqual([]);
    expect(await store.retention.forget(ended)).toEqual([]);
    expect(await noteFolders()).toBe(false);

    const body = (await store.evidence(hiringId))?.attempts[0]?.settlements[0]?.body;
    await take(store.hirings, hiringId, { event: 'over_completed', cause: 'x' }, 7_000);
    expect(await store.retention.empty(await over('texts', 9_000))).toEqual([hiringId]);
    expect((await store.evidence(hiringId))?.attempts[0]?.settlements[0]?.body).toBe(body);
    expect(dump()).not.toContain('canary-description');
  });

  test('forgets a hiring whose folders are gone and whose rooms were left, and nothing sooner', async () => {
    const hiringId = await failed(1_000);
    const other = await failed(9_000);
    const folders = await over('folders', 2_000);
    expect(await store.retention.forget(folders)).toEqual([]);
    for (const one of folders) await store.retention.foldersDeleted(one);
    expect(await over('folders', 2_000)).toEqual([]);
    expect(await over('history', 2_000)).toEqual([]);
    await store.rooms.left(`!${hiringId}-1`, 2_000);
    const history = await over('history', 2_000);
    expect(await store.retention.forget(history)).toEqual([hiringId]);
    expect(await store.hirings.find(hiringId)).toBeUndefined();
    expect(dump()).not.toContain(hiringId);
    expect(await store.retention.forget(history)).toEqual([]);
    expect(await store.hirings.find(other)).toBeDefined();
  });

  test('keeps what names no hiring within the bounds of the agent that it came for', async () => {
    const mine = malformedOf('mine');
    await store.hirings.accept([mine]);
    const anothers = { ...malformedOf('x'), agentId: UNNAMED_AGENT };
    const many = Array.from({ length: 1_200 }, (_, index) => ({ ...anothers, raw: `small ${index}` }));
    await store.hirings.accept(many);
    const kept = async () =>
      (await store.malformedDeliveries(2_000)).flatMap(({ document }) => document?.reveal() ?? []);
    expect(await kept()).toHaveLength(201);
    expect((await kept())[0]).toBe('small 1199');
    expect(await kept()).toContain('mine');

    const large = (name: string) => ({ ...anothers, raw: name.padEnd(1_000_000, randomUUID()) });
    await store.hirings.accept(['a', 'b', 'c', 'd', 'e', 'f'].map(large));
    const names = (await kept()).map((raw) => raw.slice(0, 1));
    expect(names).toEqual(['f', 'e', 'd', 'c', 'm']);
  });

  test('empties documents that name no stored hiring', async () => {
    const known = newHiringId();
    await store.hirings.accept([
      malformedOf('one'),
      malformedOf('two', newHiringId()),
      deliveryOf(known),
      malformedOf('three', known),
      { ...malformedOf('four'), atMs: 5_000 },
    ]);
    expect(await store.retention.strays(2_000)).toBe(2);
    expect(await store.retention.emptyStrays(2_000)).toBe(2);
    expect(await store.retention.emptyStrays(2_000)).toBe(0);
    const left = (await store.malformedDeliveries(10)).flatMap(({ document }) => document?.reveal() ?? []);
    expect(left.toSorted()).toEqual(['four', 'three']);
  });
});
