import { randomUUID } from 'node:crypto';
import { MAX_APPROVABLE_QUESTION_CHARACTERS } from '@agrenting-hiclaw/core/domain';
import { describe } from 'vitest';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, command, type Answer } from './environment.ts';
import { test, type IdleStore } from './idle-environment.ts';
import { questionOf, voiceIn, type RoomVoice } from './worker-room.ts';

const ASKED = 'Waiting for approval: ls';

interface Asked {
  readonly id: string;
  readonly question: string;
  readonly alice: RoomVoice;
}

/** A hiring whose worker asked in its room before it runs a command. */
async function asking({ env, place }: IdleStore, text = ASKED): Promise<Asked> {
  const alice = await voiceIn(env);
  const question = await alice.say(text);
  return {
    id: await place('attention for a command', { guard: questionOf(question, text) }),
    question,
    alice,
  };
}

async function say(
  app: RunningAdminApi,
  { id, question }: Asked,
  answer: 'yes' | 'no',
  commandId: string = randomUUID(),
): Promise<Answer> {
  return await command(app, `/hirings/${id}/answer`, { commandId, answer, question });
}

/** What we said in the room of alice. */
function said({ env }: IdleStore): readonly string[] {
  return env.saidEvents().map(({ content }) => z.object({ body: z.string() }).parse(content).body);
}

/** What can happen in the room after the question was read. */
const HAPPENINGS: Readonly<
  Record<string, readonly [code: string, happens: (asked: Asked, idle: IdleStore) => Promise<unknown>]>
> = {
  'the worker asks something else': [
    'newer_question',
    async ({ alice }) => await alice.say('Waiting for approval: rm -rf /'),
  ],
  'the worker edits the question': [
    'newer_question',
    async ({ alice, question }) => await alice.edit(question, 'Waiting for approval: rm -rf /'),
  ],
  'the worker goes on': ['went_on', async ({ alice }) => await alice.say('I went on without.')],
  'the worker edits an earlier message': [
    'went_on',
    async ({ alice }, { env }) => {
      const [first] = env.hiclaw.timeline(env.hiclaw.worker('alice').roomId);
      await alice.edit(String(first?.['event_id']), 'Done.');
    },
  ],
  'somebody answers in the room': [
    'answered',
    async (_asked, { env }) =>
      await (await voiceIn(env, env.hiclaw.homeserver.adapter.accessToken)).say('no'),
  ],
  'the question is deleted': ['retracted', async ({ alice, question }) => await alice.retract(question)],
  'much is said after it': [
    'went_on',
    async ({ alice }) => {
      for (let line = 0; line < 60; line += 1) await alice.say(`line ${line}`);
    },
  ],
};

describe.concurrent('a yes to what a worker asks', () => {
  test.for(Object.entries(HAPPENINGS))(
    'is not said when %s',
    async ([, [code, happens]], { openIdleStore, expect }) => {
      const idle = await openIdleStore();
      const asked = await asking(idle);
      await happens(asked, idle);
      const before = said(idle);
      for (const answer of ['yes', 'no'] as const) {
        const refused = await say(idle.app, asked, answer);
        expect([answer, refused.status, refused.body]).toEqual([
          answer,
          409,
          expect.objectContaining({ code, todo: expect.any(String) }),
        ]);
      }
      expect(said(idle)).toEqual(before);
      expect((await ask(idle.app, `/hirings/${asked.id}`)).body).toMatchObject({ state: 'attention' });
    },
  );

  test('goes to the question that is named, and to no other', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const asked = await asking(idle);
    const other = await say(idle.app, { ...asked, question: '$other' }, 'yes');
    expect([other.status, other.body]).toEqual([409, expect.objectContaining({ code: 'newer_question' })]);
    const unnamed = await command(idle.app, `/hirings/${asked.id}/answer`, { answer: 'yes' });
    expect([unnamed.status, unnamed.body]).toEqual([
      400,
      expect.objectContaining({ detail: expect.stringContaining('question') }),
    ]);
    expect(said(idle)).toEqual([]);
  });

  test('is sent once, even if repeated under another id', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const { app } = idle;
    const asked = await asking(idle);
    const id = randomUUID();
    const answers = [await say(app, asked, 'yes', id), await say(app, asked, 'yes', id)];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [202, { state: 'acknowledged', already: false }],
      [202, { state: 'acknowledged', already: false }],
    ]);
    const again = await say(app, asked, 'yes');
    expect([again.status, again.body]).toEqual([202, { state: 'acknowledged', already: true }]);
    const otherwise = await say(app, asked, 'no');
    expect([otherwise.status, otherwise.body]).toEqual([409, expect.objectContaining({ code: 'answered' })]);
    expect(said(idle)).toEqual(['/approve']);
  });

  test('and a no of two operators at once are one message', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const asked = await asking(idle);
    const answers = await Promise.all(
      (['yes', 'no', 'yes', 'no'] as const).map(async (answer) => await say(idle.app, asked, answer)),
    );
    const taken = answers.filter(({ status }) => status === 202);
    expect(taken.length).toBeGreaterThanOrEqual(1);
    expect(said(idle)).toHaveLength(1);
    for (const { status } of answers) expect([202, 409]).toContain(status);
  });

  test('whose fate nobody knew is found in the room, and not said again', async ({
    openIdleStore,
    expect,
  }) => {
    const idle = await openIdleStore();
    const { app, env } = idle;
    const asked = await asking(idle);
    env.hiclaw.faults.homeserver.add({ kind: 'error_after_apply', operation: 'send', status: 500 });
    expect((await say(app, asked, 'yes')).status).toBe(424);
    const otherwise = await say(app, asked, 'no');
    expect([otherwise.status, otherwise.body]).toEqual([409, expect.objectContaining({ code: 'answered' })]);
    expect((await say(app, asked, 'yes')).body).toEqual({ state: 'acknowledged', already: true });
    expect(said(idle)).toEqual(['/approve']);
  });

  test('is not taken for what is too long to be shown, but a no is', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const { app } = idle;
    const asked = await asking(
      idle,
      `Waiting for approval: ${'echo; '.repeat(MAX_APPROVABLE_QUESTION_CHARACTERS / 6)}rm -rf /`,
    );
    expect((await ask(app, `/hirings/${asked.id}`)).body).toMatchObject({
      question: { eventId: asked.question, shownWhole: false },
    });
    const refused = await say(app, asked, 'yes');
    expect([refused.status, refused.body]).toEqual([409, expect.objectContaining({ code: 'too_long' })]);
    expect((await say(app, asked, 'no')).status).toBe(202);
    expect(said(idle)).toEqual(['/deny']);
  });

  test('is not taken where other words stand in the room than were shown', async ({
    openIdleStore,
    expect,
  }) => {
    const idle = await openIdleStore();
    const alice = await voiceIn(idle.env);
    const question = await alice.say('Waiting for approval: rm -rf /');
    const id = await idle.place('attention for a command', { guard: questionOf(question, ASKED) });
    const refused = await say(idle.app, { id, question, alice }, 'yes');
    expect([refused.status, refused.body]).toEqual([409, expect.objectContaining({ code: 'too_long' })]);
    expect(said(idle)).toEqual([]);
  });

  test('and the whole question are shown together', async ({ openIdleStore, expect }) => {
    const idle = await openIdleStore();
    const text = `Waiting for approval\n${'x'.repeat(4_000)}\nrm -rf /`;
    const { id, question } = await asking(idle, text);
    expect((await ask(idle.app, `/hirings/${id}`)).body).toMatchObject({
      question: { eventId: question, text, characters: text.length, shownWhole: true },
    });
  });
});
