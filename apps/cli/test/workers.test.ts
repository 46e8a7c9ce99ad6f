import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { Draft } from '@agrenting-hiclaw/adapter/operations';
import { test } from './cli.ts';

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

    const stopped = await evening.run(['workers', 'stop', 'alice']);
    expect(stopped).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(
        new RegExp(`alice is stopped\\n${id} is interrupted\\nThe adapter starts it again`),
      ),
    });
    expect(alice.state).toBe('stopped');
    const again = await evening.run(['workers', 'stop', 'alice', '--json']);
    expect(again.output.split('\n').slice(1).join('\n')).toBe(
      `${JSON.stringify({ worker: 'alice', interrupts: [id], startsAgain: true }, undefined, 2)}\n`,
    );
  });

  test('says what to do where nothing here can stop workers', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    await evening.run(['doctor']);
    const draft = await Draft.read(evening.config);
    draft.set(['lifecycle'], { driver: 'none' });
    await draft.save();
    const stopped = await evening.run(['workers', 'stop', 'alice']);
    expect(stopped).toMatchObject({ exitCode: 2, output: expect.stringContaining('Set lifecycle.driver') });
  });
});
