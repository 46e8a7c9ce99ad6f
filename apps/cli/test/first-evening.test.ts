import { describe } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { test } from './cli.ts';

describe('from an empty folder to a paid hire', () => {
  test('init, setup, register, doctor and up', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    const { marketplace, hiclaw } = evening;

    expect(await evening.init()).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('Next: agrenting-hiclaw setup'),
    });
    const setUp = await evening.setup();
    expect(setUp).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('it responded in a new room, so'),
    });
    expect(await evening.register()).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('for worker alice'),
    });
    const doctor = await evening.run(['doctor', '--start']);
    expect(doctor).toMatchObject({ exitCode: 0, output: expect.stringContaining('0 failed') });
    for (const secret of [
      'matrix.token',
      'matrix.password',
      'storage.secret',
      'store.key',
      'adapter.yaml',
      'agents/alice.key',
    ]) {
      expect([secret, await evening.mode(secret)]).toEqual([secret, 0o600]);
    }

    const up = evening.begin(['up']);
    await up.printed('poller is up');
    await until(() => marketplace.sessions.list().some(({ subscriptions }) => subscriptions.length > 0));
    const [agent] = marketplace.agents();
    const { id } = marketplace.hire({
      hirerId: evening.hirerId,
      agentId: agent?.id ?? '',
      taskDescription: 'Write a note about escrow.',
    });
    await marketplace.hirings.when(id, 'completed', 60_000);
    expect(marketplace.ledger.balance(evening.ownerId).available).toBe('9.50');
    const rooms = hiclaw
      .rooms()
      .filter(({ name }) => String(name) === `Agrenting ${id.slice(0, 8)}, attempt 1`);
    expect(rooms).toHaveLength(1);

    const listed = await evening.run(['hirings', 'list', '--json']);
    expect(JSON.parse(listed.output)).toMatchObject({
      hirings: [{ hiringId: id, state: 'completed', worker: 'alice' }],
    });
    const shown = await evening.run(['hirings', 'show', id]);
    expect(shown.output).toMatch(/settling → completed/);
    const watched = await evening.run(['hirings', 'watch', id]);
    expect(watched.output.trim().split('\n').at(-1)).toContain('settling → completed');
    expect(await evening.run(['hirings', 'retry', id])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('in state `completed`'),
    });
    const worker = await evening.run(['workers', 'show', 'alice', '--json']);
    expect(JSON.parse(worker.output)).toMatchObject({
      lastActivityAt: expect.stringMatching(/^\d{4}-/),
      hirings: [{ hiringId: id, state: 'completed' }],
    });
    const discovered = await evening.run(['rooms', 'discover'], {
      HICLAW_ADMIN_PASSWORD: 'admin-sandbox-password',
    });
    expect(discovered).toMatchObject({ exitCode: 0, output: expect.stringMatching(/alice .*configuration/) });
    expect(await up.stop()).toBe(0);
  });
});
