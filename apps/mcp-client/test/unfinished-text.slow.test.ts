import { Environment } from '@agrenting-hiclaw/sandbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './environment.ts';

/** Workers whose messages grow while they are written: marked as live, and without a mark. */
const PROFILES = [
  ['openclaw-1.1', '1.1'],
  ['qwenpaw-1.2', '1.2'],
] as const;

const ASKED = 'Which of the two pictures is meant, the one of the harbour or the one of the lighthouse?';
const TOLD = 'The picture of the harbour is described, that of the lighthouse is next.';

interface Evening {
  readonly env: Environment<Awaited<ReturnType<typeof start>>>;
  readonly hires: Readonly<Record<string, string>>;
}

const evenings = new Map<string, Evening>();

beforeAll(async () => {
  await Promise.all(
    PROFILES.map(async ([profile, generation]) => {
      const names = ['asker', 'teller', 'changer'];
      const env = await Environment.start(start, {
        workers: names.map((name) => ({ name, profile })),
        generation,
      });
      env.hiclaw.worker('asker').behave({ kind: 'question', text: ASKED }, 'next-job');
      env.hiclaw.worker('teller').behave({
        kind: 'complete',
        remarks: [`{coordinator} PROGRESS: {task} - ${TOLD}`],
        workDurationMs: 6_000,
      });
      // It would be blocked, if its first words were all that it says.
      env.hiclaw.worker('changer').behave({
        kind: 'complete',
        remarks: ['{coordinator} BLOCKED: {task} - the picture is not there, I look for it elsewhere.'],
        workDurationMs: 6_000,
      });
      const { bucket: _left, ...storage } = env.hiclaw.storage;
      await env.startApp({
        hiclaw: { profile: generation },
        storage,
        // Far longer than an edit takes on a machine that is busy with other things.
        timing: {
          ...env.timing,
          stillSeconds: 3,
          blockedSeconds: 60,
          acknowledgeSeconds: 20,
          silenceSeconds: 30,
        },
      });
      await env.listening();
      const hires = Object.fromEntries(names.map((name) => [name, env.hire(name).id]));
      evenings.set(profile, { env, hires });
    }),
  );
});
afterAll(async () => {
  await Promise.all([...evenings.values()].map(async ({ env }) => await env.close()));
});

describe.for(PROFILES)('a worker %s, whose messages grow while it writes', ([profile]) => {
  function evening(): Evening {
    const started = evenings.get(profile);
    if (started === undefined) throw new Error(`no environment for ${profile}`);
    return started;
  }

  it('asks its hirer once, in whole sentences, and goes on with the answer', async () => {
    const { env, hires } = evening();
    const id = hires['asker'] ?? '';
    const { messages } = await env.marketplace.hirings.when(
      id,
      (hiring) => hiring.messages.length > 0,
      30_000,
    );
    env.marketplace.say(id, 'The harbour.', messages[0]?.id);
    const { messages: all } = await env.ended(id);
    expect(all.filter(({ kind }) => kind === 'question').map(({ content }) => content)).toEqual([
      expect.stringContaining(ASKED),
    ]);
    expect(env.settlements(id)).toEqual(['result']);
  });

  it('tells its hirer how it goes once, in whole sentences', async () => {
    const { env, hires } = evening();
    const id = hires['teller'] ?? '';
    await env.ended(id);
    const { chunks } = env.marketplace.hirings.get(id) ?? { chunks: [] };
    expect(chunks.map(({ content }) => content)).toEqual([TOLD]);
  });

  it('is not failed for what it goes on from', async () => {
    const { env, hires } = evening();
    const id = hires['changer'] ?? '';
    const { messages } = await env.ended(id);
    expect(messages).toEqual([]);
    expect(env.settlements(id)).toEqual(['result']);
  });
});
