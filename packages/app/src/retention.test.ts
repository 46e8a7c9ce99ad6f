import {
  agentIdSchema,
  FRESH_PROGRESS,
  hiringIdSchema,
  taskIdOf,
  unreadHiring,
  type HiringId,
  type StepCommit,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import type { DeletedTask } from '@agrenting-hiclaw/hiclaw';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTemporaryStore, type TemporaryStore } from '../../store/test/temporary-store.ts';
import { sweepRetention, type Swept } from './retention.ts';

const DAY_MS = 86_400_000;
const AGENT = agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000001');
const NOTHING: Swept = {
  emptied: [],
  documents: 0,
  foldersDeleted: [],
  objects: 0,
  forgotten: [],
  problems: [],
};

let temporary: TemporaryStore;
let store: Store;
let nowMs: number;
let deleted: string[];
let answer: DeletedTask;
let count: number;
beforeEach(() => {
  nowMs = 0;
  count = 0;
  deleted = [];
  answer = { kind: 'deleted', objects: 3 };
  temporary = openTemporaryStore(() => nowMs);
  ({ store } = temporary);
});
afterEach(async () => {
  await temporary.close();
});

async function step(hiringId: HiringId, commit: StepCommit): Promise<void> {
  const [claim] = await store.hirings.claim({ holder: 'test', nowMs, leaseMs: 1_000, limit: 1 });
  if (claim?.record.hiringId !== hiringId) throw new Error('another hiring is due');
  await store.hirings.commit(claim, commit, nowMs);
}

const NONCE = '0'.repeat(24);

async function open(): Promise<HiringId> {
  count += 1;
  const hiringId = hiringIdSchema.parse(`550e8400-e29b-41d4-a716-${String(count).padStart(12, '0')}`);
  const hiring = { ...unreadHiring(hiringId), description: 'a secret plan', price: '10.00' };
  const parsed = { kind: 'hiring', hiring } as const;
  await store.hirings.accept([{ intake: 'mcp', agentId: AGENT, atMs: nowMs, parsed, raw: 'raw' }]);
  const opening = { number: 1, taskId: taskIdOf(hiringId, 1, NONCE), marker: {}, hiring };
  const far = nowMs + 1_000 * DAY_MS;
  await step(hiringId, {
    event: 'confirmed',
    cause: 'x',
    open: opening,
    progress: FRESH_PROGRESS,
    dueAtMs: far,
  });
  return hiringId;
}

async function completedOn(day: number): Promise<HiringId> {
  nowMs = day * DAY_MS;
  const hiringId = await open();
  nowMs += 1_000 * DAY_MS;
  const [claim] = await store.hirings.claim({ holder: 'test', nowMs, leaseMs: 1_000, limit: 1 });
  nowMs = day * DAY_MS;
  if (claim !== undefined) {
    await store.hirings.commit(claim, { event: 'over_completed', cause: 'x', reread: true }, nowMs);
  }
  return hiringId;
}

async function sweep(
  days: { payloadDays?: number; taskFolderDays?: number; historyDays?: number },
  more: { dry?: boolean; signal?: AbortSignal } = {},
): Promise<Swept> {
  return await sweepRetention({
    store,
    deleteTask: async (taskId) => {
      deleted.push(taskId);
      return await Promise.resolve(answer);
    },
    retention: { payloadDays: 0, taskFolderDays: 0, historyDays: 0, ...days },
    clock: {
      nowMs: () => nowMs,
      elapsedMs: () => nowMs,
      sleep: async () => await Promise.resolve(),
    },
    signal: new AbortController().signal,
    ...more,
  });
}

describe('the sweep of what is over', () => {
  test('takes what ended long enough ago, and nothing that is open or younger', async () => {
    const old = await completedOn(1);
    const young = await completedOn(9);
    nowMs = 10 * DAY_MS;
    await open();
    nowMs = 11 * DAY_MS + 1;
    const days = { payloadDays: 10, taskFolderDays: 10 };
    expect(await sweep(days, { dry: true })).toEqual({ ...NOTHING, emptied: [old], foldersDeleted: [old] });
    expect(deleted).toEqual([]);
    expect(await sweep(days)).toEqual({ ...NOTHING, emptied: [old], foldersDeleted: [old], objects: 3 });
    expect(deleted).toEqual([taskIdOf(old, 1, NONCE)]);
    expect(await sweep(days)).toEqual(NOTHING);
    expect((await store.hirings.find(old))?.attempt?.hiring).toMatchObject({
      description: '',
      price: '10.00',
    });
    expect((await store.hirings.find(young))?.attempt?.hiring.description).toBe('a secret plan');
  });

  test('keeps everything forever when nothing is set', async () => {
    await completedOn(1);
    nowMs = 30_000 * DAY_MS;
    expect(await sweep({})).toEqual(NOTHING);
  });

  test('forgets whole days only, and only what has no folder left', async () => {
    const old = await completedOn(1);
    nowMs = 11.5 * DAY_MS;
    answer = { kind: 'refused', problem: 'may not' };
    const days = { taskFolderDays: 5, historyDays: 10 };
    const refused = await sweep(days);
    expect(refused).toEqual({ ...NOTHING, problems: ['task folders stay for now: may not'] });
    answer = { kind: 'deleted', objects: 0 };
    // It ended on the first day that is kept.
    expect(await sweep(days)).toEqual({ ...NOTHING, foldersDeleted: [old] });
    nowMs = 12 * DAY_MS;
    expect(await sweep(days)).toEqual({ ...NOTHING, forgotten: [old] });
    expect(await store.hirings.find(old)).toBeUndefined();
    expect(await store.earnings({ fromMs: 0, toMs: nowMs })).toEqual([]);
  });

  test('says once that it may not delete, goes on with the rest, and comes back to it', async () => {
    const all = [await completedOn(1), await completedOn(2)];
    nowMs = 20 * DAY_MS;
    answer = { kind: 'refused', problem: 'may not' };
    expect(await sweep({ payloadDays: 1, taskFolderDays: 1 })).toEqual({
      ...NOTHING,
      emptied: all,
      problems: ['task folders stay for now: may not'],
    });
    expect(deleted).toHaveLength(1);
    answer = { kind: 'more', objects: 5_000 };
    expect(await sweep({ taskFolderDays: 1 })).toEqual({ ...NOTHING, objects: 10_000 });
    answer = { kind: 'deleted', objects: 1 };
    expect(await sweep({ taskFolderDays: 1 })).toEqual({ ...NOTHING, foldersDeleted: all, objects: 2 });
  });

  test('takes more than one step, and ends when it is aborted', async () => {
    for (let day = 1; day <= 45; day += 1) await completedOn(day);
    nowMs = 100 * DAY_MS;
    expect(await sweep({ payloadDays: 1 }, { signal: AbortSignal.abort() })).toEqual(NOTHING);
    const swept = await sweep({ payloadDays: 1 });
    expect(swept.emptied).toHaveLength(45);
    expect(await sweep({ payloadDays: 1 })).toEqual(NOTHING);
  });
});
