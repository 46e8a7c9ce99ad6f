import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { test, type Evening } from './cli.ts';

/** A box at work, and a way to hire the worker that it offers. */
async function atWork(evening: Evening) {
  await evening.settleIn();
  await evening.register();
  const up = evening.begin(['up']);
  await up.printed('poller is up');
  const { marketplace, hiclaw } = evening;
  await until(() => marketplace.sessions.list().some(({ subscriptions }) => subscriptions.length > 0));
  const agentId = marketplace.agents()[0]?.id ?? '';
  const hire = (taskDescription: string) =>
    marketplace.hire({ hirerId: evening.hirerId, agentId, taskDescription }).id;
  const placeholder = () => hiclaw.worker('alice').behave({ kind: 'placeholder', text: 'TODO' }, 'next-job');
  const needsOwner = async (id: string) =>
    await until(
      async () => (await evening.run(['hirings', 'show', id])).output.includes('A person is needed'),
      30_000,
    );
  return { up, agentId, hire, placeholder, needsOwner };
}

describe.concurrent("an owner's word about a held result", () => {
  test('yes has it settled, no has it refunded, each once', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    const { up, hire, placeholder, needsOwner } = await atWork(evening);
    placeholder();
    const good = hire('Write a note about escrow.');
    await needsOwner(good);
    const shown = await evening.run(['hirings', 'show', good]);
    expect(shown.output).toMatch(/The result that is held\n {2}\| TODO\n/);
    expect(JSON.parse((await evening.run(['hirings', 'show', good, '--json'])).output)).toMatchObject({
      held: { text: 'TODO' },
    });
    const seen = z.object({ hiring: z.object({ version: z.string() }) });
    const { version } = seen.parse(
      JSON.parse((await evening.run(['hirings', 'show', good, '--json'])).output),
    ).hiring;
    expect(shown.output).toContain(version);
    for (const [words, exitCode, said] of [
      [[], 2, 'Nobody can be asked here'],
      [['--yes'], 2, '--expect is missing'],
      [['--expect', version], 2, 'Nobody can be asked here'],
      [['--yes', '--expect', 'newest'], 2, '--expect is no version'],
      [['--yes', '--expect', '0'.repeat(64)], 1, `Its version is ${version} now`],
    ] as const) {
      const refused = await evening.run(['hirings', 'approve', good, ...words]);
      expect([words, refused]).toEqual([words, { exitCode, output: expect.stringContaining(said) }]);
    }
    expect(await evening.run(['hirings', 'approve', good, '--yes', '--expect', version])).toMatchObject({
      exitCode: 0,
      output: `${good} goes on\n`,
    });
    await evening.marketplace.hirings.when(good, 'completed', 30_000);
    expect(await evening.run(['hirings', 'approve', good])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('is completed'),
    });

    placeholder();
    const bad = hire('Write another note.');
    await needsOwner(bad);
    expect(await evening.run(['hirings', 'fail', bad])).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('--reason is missing'),
    });
    const failed = await evening.decide('fail', bad, '--reason', 'Sorry, not today.', '--json');
    expect(JSON.parse(failed.output)).toEqual({ hiringId: bad, command: 'fail' });
    const { failedReason } = await evening.marketplace.hirings.when(bad, 'failed', 30_000);
    expect(failedReason).toContain('Sorry, not today.');
    expect(await up.stop()).toBe(0);
  });
});

describe.concurrent('a pause', () => {
  test('takes the listing out of the market, refuses what comes all the same, and lets the rest be done', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const { up, agentId, hire } = await atWork(evening);
    const before = hire('Write a note about escrow.');
    await until(async () => (await evening.run(['hirings', 'show', before])).exitCode === 0);
    const paused = await evening.run(['agents', 'pause', 'alice', '--drain']);
    expect(paused).toMatchObject({ exitCode: 0, output: expect.stringContaining('its listing is inactive') });
    expect(paused.output).toContain('0 hirings are open');
    expect(evening.marketplace.hirings.get(before)?.status).toBe('completed');
    expect(evening.marketplace.agents()[0]?.status).toBe('inactive');

    // Every pause ends, that of the one agent among them.
    expect(await evening.run(['agents', 'resume', '--all'])).toMatchObject({ exitCode: 0 });
    const again = hire('Write one more.');
    await evening.marketplace.hirings.when(again, 'completed', 30_000);
    expect(evening.marketplace.agents()[0]).toMatchObject({ id: agentId, status: 'active' });
    expect(await up.stop()).toBe(0);
  });

  test.for([
    [['pause'], 'name one agent, by its id or its worker, or give --all'],
    [['pause', 'nobody'], 'no agent of the configuration is nobody'],
    [['resume', 'alice', '--all'], 'name one agent'],
  ] as const)('agents %s says what to do', async ([words, problem], { openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    expect(await evening.run(['agents', ...words])).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining(problem),
    });
  });
});
