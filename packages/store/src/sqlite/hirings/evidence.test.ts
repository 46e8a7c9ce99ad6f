import { join } from 'node:path';
import type { Store } from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  deliveryOf,
  hiringOf,
  newHiringId,
  openingOf,
  openTestStore,
  progressOf,
  settlementOf,
  take,
  temporaryDirectory,
  TOKEN,
  taskOf,
} from '../../../test/fixtures.ts';

let store: Store;
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
  ({ store } = openTestStore(join(directory.path, 'store.db')));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

test('has every attempt with every settlement, and when each ended', async () => {
  const { hirings } = store;
  const hiringId = newHiringId();
  await hirings.accept([deliveryOf(hiringId)]);
  await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
  const first = settlementOf(1, { endpoint: 'failure' });
  const failing = { event: 'failure_decided', cause: 'x', settlement: first, dueAtMs: 1_000 } as const;
  await take(hirings, hiringId, failing, 1_000);
  const second = settlementOf(2, { endpoint: 'failure' });
  const renewed = { event: 'settlement_renewed', cause: 'x', settlement: second, dueAtMs: 1_000 } as const;
  await take(hirings, hiringId, renewed, 1_000);
  await take(hirings, hiringId, { event: 'failure_settled', cause: 'x' }, 2_000);
  await hirings.accept([deliveryOf(hiringId)]);
  const retried = {
    ...openingOf(hiringId, 2, 5_000),
    open: {
      number: 2,
      taskId: taskOf(hiringId, 2),
      marker: { traceAttempt: 2 },
      hiring: hiringOf(hiringId, { repoToken: TOKEN }),
    },
    progress: progressOf({ activitySequence: 7 }),
  };
  await take(hirings, hiringId, retried, 3_000);

  const evidence = await store.evidence(hiringId);
  expect(evidence?.attempts).toMatchObject([
    { state: 'failed', endedAtMs: 2_000, attempt: { number: 1 }, settlements: [first, second] },
    {
      state: 'confirmed',
      endedAtMs: undefined,
      attempt: { number: 2, marker: { traceAttempt: 2 }, progress: { activitySequence: 7 } },
      settlements: [],
    },
  ]);
  expect(evidence?.attempts[1]?.attempt.hiring.repoToken?.reveal()).toBe(TOKEN.reveal());
  expect(evidence?.history).toEqual(await hirings.history(hiringId));
  expect(evidence?.forms).toMatchObject([{ intake: 'mcp', times: 2 }]);
  expect(JSON.stringify(evidence)).not.toContain(TOKEN.reveal());
  expect(await store.evidence(newHiringId())).toBeUndefined();
});
