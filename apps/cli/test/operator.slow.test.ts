import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { storeDeliveries } from '@agrenting-hiclaw/app';
import { agentIdSchema, hiringIdSchema, unreadHiring, type Store } from '@agrenting-hiclaw/core/domain';
import { loadConfiguration, systemClock } from '@agrenting-hiclaw/runtime';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { openExistingStore } from '@agrenting-hiclaw/operations/open-store';
import { test, type Evening, type Run } from './cli.ts';

const HAIKU = 'Grey waves fold and fall, the last boats come home empty, gulls argue with rain.';

/** Puts something into the store of an evening, beside whatever works with it. */
async function inStore(evening: Evening, put: (store: Store) => Promise<void>): Promise<void> {
  const loaded = await loadConfiguration({ ADAPTER_CONFIG: evening.config });
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const store = await openExistingStore(loaded.configuration);
  try {
    await put(store);
  } finally {
    await store.close();
  }
}

describe.concurrent('an owner at the command line', () => {
  test('holds a hiring, talks about it and settles a result, each once', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    const { marketplace, hiclaw } = evening;
    const up = evening.begin(['up']);
    await up.printed('poller is up');
    await until(() => marketplace.sessions.list().some(({ subscriptions }) => subscriptions.length > 0));
    hiclaw.worker('alice').behave({ kind: 'silent' }, 'next-job');
    const agentId = marketplace.agents()[0]?.id ?? '';
    const { id } = marketplace.hire({ hirerId: evening.hirerId, agentId, taskDescription: 'Write a poem.' });
    const show = async (): Promise<string> => (await evening.run(['hirings', 'show', id])).output;
    await until(async () => /^state +(?:sent|acknowledged)$/m.test(await show()));
    /** While a process is at work on it, it says so and is asked again. */
    const command = async (kind: string, of: string, ...words: readonly string[]): Promise<Run> => {
      const give = async (): Promise<Run> =>
        kind === 'message'
          ? await evening.run(['hirings', kind, of, ...words])
          : await evening.decide(kind, of, ...words);
      let run = await give();
      await until(async () => {
        if (run.exitCode === 3 || run.output.includes('has changed')) run = await give();
        return run.exitCode !== 3 && !run.output.includes('has changed');
      });
      return run;
    };

    expect(await command('submit', id, '--text', HAIKU)).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('Hold it first'),
    });
    expect(await command('hold', id)).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('is held'),
    });
    const waiting = await evening.run(['hirings', 'list', '--attention', '--json']);
    expect(JSON.parse(waiting.output)).toMatchObject({ hirings: [{ hiringId: id, state: 'attention' }] });
    expect(
      await command('message', id, '--to', 'hirer', '--text', 'It takes a little longer.'),
    ).toMatchObject({
      exitCode: 0,
      output: `${id} has your message for its hirer\n`,
    });
    // What is on its way when the hiring ends goes no further.
    const told = (): readonly string[] =>
      (marketplace.hirings.get(id)?.messages ?? []).map(({ content }) => content);
    await until(() => told().includes('It takes a little longer.'));
    expect(await command('message', id, '--to', 'worker', '--text', 'Have a rest.', '--json')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('"command": "message"'),
    });
    expect(await command('submit', id, '--text', 'TODO')).toMatchObject({ exitCode: 2 });
    await writeFile(`${evening.folder}/poem.txt`, HAIKU);
    expect(await command('submit', id, '--file', 'poem.txt')).toMatchObject({ exitCode: 0 });
    await marketplace.hirings.when(id, 'completed', 30_000);
    expect(
      marketplace.requests.list({ hiringId: id }).some(({ body }) => JSON.stringify(body).includes(HAIKU)),
    ).toBe(true);
    expect(told()).toEqual(['It takes a little longer.']);
    expect(await command('hold', id)).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('Only an open, confirmed hiring'),
    });
    const shown = await evening.run(['agents', 'show', 'alice']);
    expect(shown.output).toMatch(/^hireable now +yes$/m);
    const sessions = await evening.run(['sessions', '--json']);
    expect(JSON.parse(sessions.output)).toMatchObject({ sessions: [{ agentId, held: true, drops: 0 }] });
    expect(await up.stop()).toBe(0);
  });

  test('finds hirings, alerts and deeds page by page', async ({ openEvening, expect }) => {
    const evening = await openEvening();
    await evening.settleIn();
    await evening.register();
    await evening.run(['doctor']);
    const agentId = agentIdSchema.parse(evening.marketplace.agents()[0]?.id);
    const ids = Array.from({ length: 5 }, () => randomUUID());
    await inStore(evening, async (store) => {
      for (const id of ids) {
        const parsed = { kind: 'hiring', hiring: unreadHiring(hiringIdSchema.parse(id)) } as const;
        const items = [{ parsed, raw: '{}' }];
        await storeDeliveries({ intake: 'poll', items, agentId, store, clock: systemClock });
        const alert = { key: id, kind: 'failed', text: `about ${id}`, atMs: 1 } as const;
        const rules = { sinks: ['webhook'], perHour: 100, repeatAfterMs: 1, summarize: () => '' };
        await store.alerts.keep([alert], rules, 1);
        await store.audit.note({
          atMs: 1,
          who: 'olga',
          role: 'operator',
          action: 'POST hirings hold',
          subject: id,
          commandId: undefined,
          outcome: '202',
          client: '127.0.0.1',
        });
      }
    });

    /** The ids that a list gives, going on by its cursor until there is no more. */
    const all = async (words: readonly string[], key: string, name: string): Promise<readonly string[]> => {
      const page = z.object({
        nextCursor: z.string().nullable(),
        [key]: z.array(z.record(z.string(), z.unknown())),
      });
      const found: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const more: readonly string[] = cursor === '' ? [] : ['--cursor', cursor];
        const run = await evening.run([...words, '--limit', '2', '--json', ...more]);
        const read = page.parse(JSON.parse(run.output));
        const items = z.array(z.record(z.string(), z.unknown())).parse(read[key]);
        expect(items.length).toBeLessThanOrEqual(2);
        found.push(...items.map((item) => String(item[name])));
        cursor = z.string().nullable().parse(read['nextCursor']);
      }
      return found;
    };
    const backwards = ids.toReversed();
    expect((await all(['hirings', 'list'], 'hirings', 'hiringId')).toSorted()).toEqual(ids.toSorted());
    expect(await all(['audit'], 'audit', 'subject')).toEqual(backwards);
    expect(await all(['alerts', 'list'], 'alerts', 'text')).toEqual(backwards.map((id) => `about ${id}`));
    expect(await all(['rooms', 'list', '--hirings'], 'rooms', 'roomId')).toEqual([]);

    const listed = async (...words: readonly string[]): Promise<number> => {
      const { output } = await evening.run(['hirings', 'list', '--json', ...words]);
      return z.object({ hirings: z.array(z.unknown()) }).parse(JSON.parse(output)).hirings.length;
    };
    expect(await listed('--state', 'received')).toBe(5);
    expect(await listed('--state', 'completed')).toBe(0);
    expect(await listed('--attention')).toBe(0);
    expect(await listed('--attention', '--state', 'received')).toBe(0);
    expect(await listed('--agent', agentId)).toBe(5);
    expect(await listed('--agent', randomUUID())).toBe(0);
    expect(await listed('--worker', 'alice')).toBe(0);
    expect(await listed('--query', ids[2] ?? '')).toBe(1);

    const text = await evening.run(['hirings', 'list', '--limit', '2']);
    expect(text.output).toMatch(/^more entries: --cursor \S+$/m);
    expect((await evening.run(['audit'])).output).toContain(`POST hirings hold  ${backwards[0]}  202`);
    expect((await evening.run(['alerts', 'list'])).output).toContain('waits (0 refusals)');
  });
});
