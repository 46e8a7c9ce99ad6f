import { join } from 'node:path';
import {
  KnownSecrets,
  Secret,
  versionOf,
  type HiringId,
  type CommandOutcome,
  type Store,
  commandHiring,
} from '@agrenting-hiclaw/core/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  deliveryOf,
  newHiringId,
  openingOf,
  openTestStore,
  take,
  temporaryDirectory,
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

const FAR_MS = 9_000_000;

async function waitingForOperator() {
  const { hirings } = store;
  const hiringId = newHiringId();
  await hirings.accept([deliveryOf(hiringId)]);
  await take(hirings, hiringId, openingOf(hiringId, 1, 1_000), 1_000);
  await take(hirings, hiringId, { event: 'operator_required', cause: 'x', dueAtMs: FAR_MS }, 1_000);
  return hiringId;
}

/** As somebody who sees it as it is now. */
async function restart(hiringId: HiringId): Promise<CommandOutcome> {
  const record = await store.hirings.find(hiringId);
  const version = record === undefined ? '' : versionOf(record);
  return await commandHiring(store, hiringId, { kind: 'restart', version });
}

describe('the operator', () => {
  test('sees the newest hirings, of all states or of one', async () => {
    const held = await waitingForOperator();
    const fresh = newHiringId();
    await store.hirings.accept([deliveryOf(fresh)]);
    const ids = async (state?: 'attention' | 'received') =>
      (await store.list({ state, limit: 10 })).map(({ hiringId }) => hiringId);
    expect(await ids()).toHaveLength(2);
    expect(await ids('attention')).toEqual([held]);
    expect(await ids('received')).toEqual([fresh]);
    expect(await store.list({ limit: 1 })).toHaveLength(1);
  });

  test('has one that waits for a person handed over again, once', async () => {
    const hiringId = await waitingForOperator();
    expect(await restart(hiringId)).toEqual({ kind: 'done' });
    expect(await store.hirings.find(hiringId)).toMatchObject({ state: 'confirmed' });
    expect((await store.hirings.history(hiringId)).at(-1)).toMatchObject({ event: 'operator_restarted' });
    expect(await restart(hiringId)).toEqual({ kind: 'unfit', state: 'confirmed' });
  });

  test('decides about what was seen, and about nothing else', async () => {
    const hiringId = await waitingForOperator();
    const seen = await store.hirings.find(hiringId);
    if (seen === undefined) throw new Error('it is there');
    const version = versionOf(seen);
    expect(await restart(hiringId)).toEqual({ kind: 'done' });
    await take(store.hirings, hiringId, { event: 'operator_required', cause: 'y', dueAtMs: FAR_MS }, FAR_MS);
    const before = await store.hirings.find(hiringId);
    const failure = { reason: 'other', text: 'No.' } as const;
    for (const decision of [
      { kind: 'restart' },
      { kind: 'approve' },
      { kind: 'hold' },
      { kind: 'fail', failure },
      { kind: 'submit', text: 'Grey waves fold and fall.' },
    ] as const) {
      const stale = { ...decision, version: version.replace(/^./, (first) => (first === '0' ? '1' : '0')) };
      expect([decision.kind, await commandHiring(store, hiringId, stale)]).toEqual([
        decision.kind,
        { kind: 'changed', version: before === undefined ? '' : versionOf(before) },
      ]);
    }
    expect(await store.hirings.find(hiringId)).toEqual(before);
  });

  test('of two who saw the same, one decides', async () => {
    const hiringId = await waitingForOperator();
    const seen = await store.hirings.find(hiringId);
    const version = seen === undefined ? '' : versionOf(seen);
    const failure = { reason: 'other', text: 'No.' } as const;
    const outcomes = await Promise.all([
      commandHiring(store, hiringId, { kind: 'restart', version }),
      commandHiring(store, hiringId, { kind: 'fail', failure, version }),
      commandHiring(store, hiringId, { kind: 'restart', version }),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'changed', 'changed']);
  });

  test('lets no words go out that hold a secret of the adapter, whatever it is disguised as', async () => {
    const secret = new Secret('storage-key-0123456789abcdef');
    const secrets = new KnownSecrets([{ code: 'own_secret', secret }]);
    const hiringId = await waitingForOperator();
    const seen = await store.hirings.find(hiringId);
    const version = seen === undefined ? '' : versionOf(seen);
    const text = `It lies at storage-key-\u200b0123456789abcdef, as you asked.`;
    expect(await commandHiring(store, hiringId, { kind: 'submit', text, version }, secrets)).toEqual({
      kind: 'refused',
      why: 'the result seems to contain a secret of this adapter',
    });
    const message = { kind: 'message', to: 'hirer', text, source: 'a' } as const;
    expect(await commandHiring(store, hiringId, message, secrets)).toMatchObject({ kind: 'refused' });
    expect(await store.hirings.find(hiringId)).toEqual(seen);
  });

  test('does not break into the work of a process', async () => {
    const hiringId = await waitingForOperator();
    const [claim] = await store.hirings.claim({ holder: 'engine', nowMs: FAR_MS, leaseMs: 60_000, limit: 1 });
    expect(claim?.record.hiringId).toBe(hiringId);
    expect(await restart(hiringId)).toEqual({ kind: 'busy' });
    if (claim !== undefined) await store.hirings.release(claim);
    expect(await restart(hiringId)).toEqual({ kind: 'done' });
  });

  test('learns of invalid ids, and of what has ended', async () => {
    expect(await commandHiring(store, newHiringId(), { kind: 'restart', version: '' })).toEqual({
      kind: 'absent',
    });
    const hiringId = await waitingForOperator();
    await take(store.hirings, hiringId, { event: 'over_failed', cause: 'x' }, FAR_MS);
    expect(await restart(hiringId)).toEqual({ kind: 'unfit', state: 'failed' });
  });
});
