import { Box } from '@agrenting-hiclaw/sandbox/testing';
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
  readonly box: Box<Awaited<ReturnType<typeof start>>>;
  readonly hires: Readonly<Record<string, string>>;
}

const evenings = new Map<string, Evening>();

beforeAll(async () => {
  await Promise.all(
    PROFILES.map(async ([profile, generation]) => {
      const names = ['asker', 'teller', 'changer'];
      const box = await Box.start(start, { workers: names.map((name) => ({ name, profile })), generation });
      box.hiclaw.worker('asker').behave({ kind: 'question', text: ASKED }, 'next-job');
      box.hiclaw.worker('teller').behave({
        kind: 'complete',
        remarks: [`{coordinator} PROGRESS: {task} - ${TOLD}`],
        workDurationMs: 6_000,
      });
      // It would be blocked, if its first words were all that it says.
      box.hiclaw.worker('changer').behave({
        kind: 'complete',
        remarks: ['{coordinator} BLOCKED: {task} - the picture is not there, I look for it elsewhere.'],
        workDurationMs: 6_000,
      });
      const { bucket: _left, ...storage } = box.hiclaw.storage;
      await box.startApp({
        hiclaw: { profile: generation },
        storage,
        // Far longer than an edit takes on a machine that is busy with other things.
        timing: {
          ...box.timing,
          stillSeconds: 3,
          blockedSeconds: 60,
          acknowledgeSeconds: 20,
          silenceSeconds: 30,
        },
      });
      await box.listening();
      const hires = Object.fromEntries(names.map((name) => [name, box.hire(name).id]));
      evenings.set(profile, { box, hires });
    }),
  );
});
afterAll(async () => {
  await Promise.all([...evenings.values()].map(async ({ box }) => await box.close()));
});

describe.for(PROFILES)('a worker %s, whose messages grow while it writes', ([profile]) => {
  function evening(): Evening {
    const started = evenings.get(profile);
    if (started === undefined) throw new Error(`no box for ${profile}`);
    return started;
  }

  it('asks its hirer once, in whole sentences, and goes on with the answer', async () => {
    const { box, hires } = evening();
    const id = hires['asker'] ?? '';
    const { messages } = await box.marketplace.hirings.when(
      id,
      (hiring) => hiring.messages.length > 0,
      30_000,
    );
    box.marketplace.say(id, 'The harbour.', messages[0]?.id);
    const { messages: all } = await box.ended(id);
    expect(all.filter(({ kind }) => kind === 'question').map(({ content }) => content)).toEqual([
      expect.stringContaining(ASKED),
    ]);
    expect(box.settlements(id)).toEqual(['result']);
  });

  it('tells its hirer how it goes once, in whole sentences', async () => {
    const { box, hires } = evening();
    const id = hires['teller'] ?? '';
    await box.ended(id);
    const { chunks } = box.marketplace.hirings.get(id) ?? { chunks: [] };
    expect(chunks.map(({ content }) => content)).toEqual([TOLD]);
  });

  it('is not failed for what it goes on from', async () => {
    const { box, hires } = evening();
    const id = hires['changer'] ?? '';
    const { messages } = await box.ended(id);
    expect(messages).toEqual([]);
    expect(box.settlements(id)).toEqual(['result']);
  });
});
