import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { hiringIdSchema } from '@agrenting-hiclaw/core/domain';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { startReceiver } from './alert-receiver.ts';
import { test as environmentTest } from './environment.ts';

const test = environmentTest.extend<{ readonly receiver: Awaited<ReturnType<typeof startReceiver>> }>({
  receiver: async ({ task: _ofThisTest }, use) => {
    const receiver = await startReceiver();
    await use(receiver);
    receiver.close();
  },
});

/** As if hours had passed since its end. */
function makeDue(folder: string): void {
  const database = new DatabaseSync(join(folder, 'store.sqlite'));
  database.exec('update hirings set next_reread_at_ms = 1 where next_reread_at_ms is not null');
  database.close();
}

describe.concurrent('the money of a hiring that is over', () => {
  test('a dispute and a refund of a paid hiring are found, alerted once each, and counted; its end stays', async ({
    openEnvironment,
    receiver,
    expect,
  }) => {
    const env = await openEnvironment();
    const settings = { alerts: { webhookUrl: receiver.url, kinds: ['disputed', 'paid'] } };
    const first = await env.startApp(settings);
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    await until(() => receiver.taken().length === 1);
    await first.close();

    env.marketplace.dispute(id);
    makeDue(env.folder);
    const second = await env.startApp(settings);
    await until(() => receiver.taken().length === 2);
    const hiringId = hiringIdSchema.parse(id);
    expect(await second.store.hirings.find(hiringId)).toMatchObject({
      state: 'completed',
      money: 'paid_disputed',
    });
    await second.close();

    env.marketplace.resolveDispute(id, { outcome: 'refund' });
    makeDue(env.folder);
    const third = await env.startApp(settings);
    await until(() => receiver.taken().length === 3);
    expect(await third.store.hirings.find(hiringId)).toMatchObject({ state: 'completed', money: 'unpaid' });
    expect((await third.store.hirings.history(hiringId)).map(({ event }) => event).slice(-3)).toEqual([
      'result_settled',
      'dispute_opened',
      'payment_reversed',
    ]);
    expect(receiver.taken()).toMatchObject([
      { kind: 'paid', hiring_id: id },
      {
        kind: 'disputed',
        hiring_id: id,
        text: expect.stringContaining('is disputed on the marketplace after'),
      },
      {
        kind: 'disputed',
        hiring_id: id,
        text: expect.stringContaining('reversed the payment: price 10.00 USD'),
      },
    ]);
    const earned = await third.store.earnings({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
    expect(earned).toMatchObject([
      { price: '10.00', count: 1, takenBack: false },
      { price: '10.00', count: 1, takenBack: true },
    ]);
    expect(env.said()).toHaveLength(1);
    expect(env.settlements(id)).toEqual(['result']);
    expect(env.marketplace.ledger.balance(env.ownerId).available).toBe('0.00');
  });

  test('is left alone where that is turned off', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const first = await env.startApp();
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    const hiringId = hiringIdSchema.parse(id);
    await until(async () => (await first.store.hirings.find(hiringId))?.state === 'completed');
    await first.close();
    env.marketplace.dispute(id);
    makeDue(env.folder);
    const second = await env.startApp({ reread: { endedDays: 0 } });
    await env.listening();
    // What comes behind it shows that it was not read.
    const next = env.hire();
    await env.ended(next.id);
    expect((await second.store.hirings.find(hiringId))?.money).toBe('paid');
  });
});
