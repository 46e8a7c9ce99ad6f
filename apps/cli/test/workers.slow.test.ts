import { randomUUID } from 'node:crypto';
import {
  agentIdSchema,
  FRESH_PROGRESS,
  hiringIdSchema,
  taskIdOf,
  unreadHiring,
  type HiringId,
} from '@agrenting-hiclaw/core/domain';
import { loadConfiguration } from '@agrenting-hiclaw/runtime';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { describe } from 'vitest';
import { ConfigFile } from '@agrenting-hiclaw/operations';
import { test, type Evening } from './cli.ts';

const ALICE = { name: 'alice', userId: '@alice:local.example', roomId: '!alice:local.example' };
/** More than are looked at of all hirings. */
const OTHERS = 2_100;

/** Puts two hirings of alice's agent into the store, one with activity of hers, and many newer ones of another agent. */
async function crowd(evening: Evening, activityAtMs: number): Promise<HiringId> {
  const loaded = await loadConfiguration({ ADAPTER_CONFIG: evening.config });
  if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded.problems));
  const { file, key } = loaded.configuration.store;
  const store = openStore({ file, key: EncryptionKey.fromText(key.reveal()) });
  const agentId = agentIdSchema.parse(evening.marketplace.agents()[0]?.id);
  const other = agentIdSchema.parse(randomUUID());
  const received = (hiringId: HiringId, atMs: number, whose = other) => {
    const hiring = unreadHiring(hiringId);
    return {
      intake: 'mcp',
      agentId: whose,
      atMs,
      parsed: { kind: 'hiring', hiring },
      raw: hiringId,
    } as const;
  };
  const hiringId = hiringIdSchema.parse(randomUUID());
  await store.hirings.accept([received(hiringId, activityAtMs, agentId)]);
  const [claim] = await store.hirings.claim({ holder: 'test', nowMs: Date.now(), leaseMs: 60_000, limit: 1 });
  if (claim === undefined) throw new Error('the hiring is not due');
  const taskId = taskIdOf(hiringId, 1, '0'.repeat(24));
  const outcome = await store.hirings.commit(
    claim,
    {
      event: 'confirmed',
      cause: 'the marketplace has it',
      open: { number: 1, taskId, marker: {}, hiring: unreadHiring(hiringId) },
      progress: { ...FRESH_PROGRESS, worker: ALICE, lastActivityAtMs: activityAtMs },
      reread: true,
      dueAtMs: Date.now() + 3_600_000,
    },
    Date.now(),
  );
  if (outcome !== 'committed') throw new Error(`the step was ${outcome}`);
  await store.hirings.accept([received(hiringIdSchema.parse(randomUUID()), activityAtMs, agentId)]);
  const newer = Array.from({ length: OTHERS }, (_, nth) =>
    received(hiringIdSchema.parse(randomUUID()), activityAtMs + 1 + nth),
  );
  await store.hirings.accept(newer);
  await store.close();
  return hiringId;
}

describe.concurrent('where others have very many hirings', () => {
  test('workers show finds those of a quiet one', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const activityAtMs = Date.now() - 60_000;
    const hiringId = await crowd(evening, activityAtMs);
    const lastActivityAt = new Date(activityAtMs).toISOString();
    const { output } = await evening.run(['workers', 'show', 'alice', '--json']);
    expect(JSON.parse(output)).toMatchObject({
      lastActivityAt: lastActivityAt,
      hirings: [{ hiringId, state: 'confirmed', lastActivityAt }],
    });
  });

  test('a pause waits for those of the agent that is paused', async ({ openEvening }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    await crowd(evening, Date.now() - 60_000);
    const draining = evening.begin(['agents', 'pause', 'alice', '--drain', '--yes']);
    await draining.printed('2 hirings are open');
    await draining.stop();
  });
});

describe.concurrent('workers stop', () => {
  test('stops one, and says which open hirings that interrupts', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const up = evening.begin(['up']);
    await up.printed('poller is up');
    const { marketplace, hiclaw } = evening;
    await until(() => marketplace.sessions.list().some(({ subscriptions }) => subscriptions.length > 0));
    const alice = hiclaw.worker('alice');
    alice.behave({ kind: 'silent' }, 'next-job');
    const agentId = marketplace.agents()[0]?.id ?? '';
    const { id } = marketplace.hire({
      hirerId: evening.hirerId,
      agentId,
      taskDescription: 'Write a note about escrow.',
    });
    const shown = async (): Promise<string> => (await evening.run(['hirings', 'show', id])).output;
    await until(async () => /^state +(?:sent|acknowledged)$/m.test(await shown()));
    expect(await up.stop()).toBe(0);

    const stopped = await evening.run(['workers', 'stop', 'alice', '--yes']);
    expect(stopped).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(
        new RegExp(`alice stopped\\n${id} interrupted\\nThe adapter starts it again`),
      ),
    });
    expect(alice.state).toBe('stopped');
    const again = await evening.run(['workers', 'stop', 'alice', '--yes', '--json']);
    expect(again.output.split('\n').slice(1).join('\n')).toBe(
      `${JSON.stringify({ worker: 'alice', interrupts: [id], startsAgain: true }, undefined, 2)}\n`,
    );
  });

  test('says what to do where nothing here can stop workers', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    await evening.run(['doctor']);
    const draft = await ConfigFile.read(evening.config);
    draft.set(['lifecycle'], { driver: 'none' });
    await draft.save();
    const stopped = await evening.run(['workers', 'stop', 'alice', '--yes']);
    expect(stopped).toMatchObject({ exitCode: 2, output: expect.stringContaining('Set lifecycle.driver') });
  });
});
