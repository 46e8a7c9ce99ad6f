import { appendFile, readFile } from 'node:fs/promises';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { test, type Evening } from './cli.ts';

const shownSchema = z.object({
  hiring: z.object({ needs: z.object({ todo: z.string() }).optional() }),
  held: z.object({ files: z.array(z.object({ name: z.string(), sha256: z.string() })) }).optional(),
});

/** An environment at work, and a way to hire the worker that it offers. */
async function atWork(evening: Evening, settings = '') {
  await evening.settleIn();
  await evening.register();
  await appendFile(evening.config, settings);
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
      async () => (await evening.run(['hirings', 'show', id])).output.includes('Needs an operator'),
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
    // It can be copied as it stands.
    expect(shown.output).toMatch(new RegExp(`^version +${version}$`, 'm'));
    for (const [words, exitCode, said] of [
      [[], 2, 'There is no terminal'],
      [['--yes'], 2, '--expect is missing'],
      [['--expect', version], 2, 'There is no terminal'],
      [['--yes', '--expect', 'newest'], 2, '--expect is not a version'],
      [['--yes', '--expect', '0'.repeat(64)], 1, `Its version is now ${version}`],
    ] as const) {
      const refused = await evening.run(['hirings', 'approve', good, ...words]);
      expect([words, refused]).toEqual([words, { exitCode, output: expect.stringContaining(said) }]);
    }
    expect(await evening.run(['hirings', 'approve', good, '--yes', '--expect', version])).toMatchObject({
      exitCode: 0,
      output: `${good} goes on\n`,
    });
    await evening.marketplace.hirings.when(good, 'completed', 30_000);
    const again = await evening.run(['hirings', 'approve', good, '--yes', '--expect', version]);
    expect(again).toEqual({
      exitCode: 1,
      output: expect.stringMatching(
        /has changed since you read it; nothing was done: it is completed now[^]*hirings show/,
      ),
    });
    expect(again.output).not.toContain('needs');
    expect(await evening.run(['hirings', 'approve', good])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('in state `completed`'),
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

    placeholder();
    const late = hire('Write a third note.');
    await needsOwner(late);
    expect(await up.stop()).toBe(0);
    // Nothing goes on while nobody is there to do it.
    const approved = await evening.decide('approve', late);
    expect(approved.output).toContain(`${late} is approved, and will go on once the adapter runs.`);
  });
});

describe.concurrent('a file of a result that is held', () => {
  test('is read and saved as it was judged, and not at all once it is another', async ({
    openEvening,
    expect,
  }) => {
    const evening = await openEvening();
    const { up, hire, placeholder, needsOwner } = await atWork(
      evening,
      'policy:\n  approve: results\ntiming:\n  attentionSeconds: 1\n',
    );
    placeholder();
    const id = hire('Write a note about escrow.');
    await needsOwner(id);
    const shown = async () =>
      shownSchema.parse(JSON.parse((await evening.run(['hirings', 'show', id, '--json'])).output));
    const folder = /shared\/tasks\/[\w-]+\//.exec((await shown()).hiring.needs?.todo ?? '')?.[0] ?? '';
    evening.hiclaw.put(`${folder}notes.md`, 'Ask twice.\n');
    await until(
      async () => ((await shown()).held?.files ?? []).some(({ name }) => name === 'notes.md'),
      60_000,
    );
    expect(await up.stop()).toBe(0);

    const file = async (...words: readonly string[]) => await evening.run(['hirings', 'file', id, ...words]);
    expect(await file('notes.md')).toEqual({ exitCode: 0, output: 'Ask twice.\n' });
    const [{ sha256 } = { sha256: '' }] = (await shown()).held?.files ?? [];
    expect(await file(sha256, '--json')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining(sha256),
    });
    expect(await file('other.md')).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('notes.md'),
    });
    expect((await file('notes.md', '--output', 'saved.md')).exitCode).toBe(0);
    expect(await readFile(`${evening.folder}/saved.md`, 'utf8')).toBe('Ask twice.\n');
    expect((await file('notes.md', '--output', 'saved.md')).output).toContain('already exists');
    evening.hiclaw.put(`${folder}notes.md`, 'Ask never.\n');
    expect(await file('notes.md')).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('not the one that was reviewed'),
    });
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
    const paused = await evening.run(['agents', 'pause', 'alice', '--drain', '--yes']);
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
    [['pause', '--yes'], 'give an agent id, a worker name, or --all'],
    [['pause', 'nobody', '--yes'], 'no such agent: nobody'],
    [['resume', 'alice', '--all'], 'give an agent id'],
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
