import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, command, type Answer } from './environment.ts';
import { test } from './idle-environment.ts';
import { questionOf, voiceIn } from './worker-room.ts';
import { STANDINGS, type Standing } from './idle-store.ts';

const HAIKU = 'Grey waves fold and fall, the last boats come home empty, gulls argue with rain.';

const VERBS = [
  'retry',
  'approve',
  'hold',
  'fail',
  'submit',
  'message to the worker',
  'message to the hirer',
  'answer',
] as const;

type Verb = (typeof VERBS)[number];

const COMMANDS: Readonly<Record<Verb, Record<string, unknown>>> = {
  retry: {},
  approve: {},
  hold: {},
  fail: { reason: 'The file is not there.' },
  submit: { text: HAIKU },
  'message to the worker': { to: 'worker', text: 'Please use the second file.' },
  'message to the hirer': { to: 'hirer', text: 'It will take a little longer.' },
  answer: { answer: 'yes' },
};

const ASKED = 'Waiting for approval: rm -r build';

/** By command: where it fits, and the state that it leads to. Everything else is refused. */
const FITS: Readonly<Record<Verb, Readonly<Partial<Record<Standing, string>>>>> = {
  retry: {
    attention: 'confirmed',
    'attention for the work': 'confirmed',
    'attention for the result': 'confirmed',
    'attention by hold': 'confirmed',
    'attention for a command': 'confirmed',
  },
  approve: {
    'attention for the work': 'confirmed',
    'attention for the result': 'submitted',
    'attention by hold': 'acknowledged',
  },
  hold: {
    confirmed: 'attention',
    staged: 'attention',
    sent: 'attention',
    acknowledged: 'attention',
    submitted: 'attention',
    settling: 'attention',
  },
  fail: {
    attention: 'settling',
    'attention for the work': 'settling',
    'attention for the result': 'settling',
    'attention by hold': 'settling',
    'attention for a command': 'settling',
  },
  submit: {
    attention: 'settling',
    'attention for the work': 'settling',
    'attention for the result': 'settling',
    'attention by hold': 'settling',
    'attention for a command': 'settling',
  },
  'message to the worker': {
    confirmed: 'confirmed',
    staged: 'staged',
    sent: 'sent',
    acknowledged: 'acknowledged',
    attention: 'attention',
    'attention for the work': 'attention',
    'attention for the result': 'attention',
    'attention by hold': 'attention',
    'attention for a command': 'attention',
  },
  'message to the hirer': {
    confirmed: 'confirmed',
    staged: 'staged',
    sent: 'sent',
    acknowledged: 'acknowledged',
    attention: 'attention',
    'attention for the work': 'attention',
    'attention for the result': 'attention',
    'attention by hold': 'attention',
    'attention for a command': 'attention',
  },
  answer: { 'attention for a command': 'acknowledged' },
};

const detail = z.object({
  version: z.string(),
  state: z.string(),
  timeline: z.array(z.unknown()),
  actions: z.array(z.string()),
  attempts: z.array(
    z.object({
      settlement: z.object({ generation: z.int() }).nullable(),
      conversation: z.object({ incoming: z.array(z.unknown()), outgoing: z.array(z.unknown()) }).nullable(),
    }),
  ),
});

async function shown(app: RunningAdminApi, id: string): Promise<z.output<typeof detail>> {
  return detail.parse((await ask(app, `/hirings/${id}`)).body);
}

const deeds = z.object({
  items: z.array(z.object({ subject: z.string(), commandId: z.string().nullable(), outcome: z.string() })),
});

/** How many messages of anybody the attempts hold. */
const messagesOf = ({ attempts }: z.output<typeof detail>): number =>
  attempts.reduce(
    (sum, { conversation }) =>
      sum + (conversation?.incoming.length ?? 0) + (conversation?.outgoing.length ?? 0),
    0,
  );

/** Whether a command names the version that was shown. */
const decides = (verb: string): boolean => verb !== 'message' && verb !== 'answer';

/** Decides about a hiring as it is now. */
async function decide(
  app: RunningAdminApi,
  id: string,
  verb: string,
  body: Record<string, unknown>,
): Promise<Answer> {
  const { version } = await shown(app, id);
  return await command(app, `/hirings/${id}/${verb}`, { version, ...body });
}

const verbOf = (name: Verb): string => name.split(' ', 1)[0] ?? name;

describe.concurrent('of every command in every state', () => {
  test.for(VERBS)(
    '%s takes effect once where it fits, and is refused with what to do where it does not',
    async (name, { openIdleStore, expect }) => {
      const { app, env, place } = await openIdleStore();
      const verb = verbOf(name);
      const alice = await voiceIn(env);
      for (const standing of STANDINGS) {
        const question = standing === 'attention for a command' ? await alice.say(ASKED) : '$none';
        const id = await place(standing, { guard: questionOf(question, ASKED) });
        const before = await shown(app, id);
        const leadsTo = FITS[name][standing];
        const fits = leadsTo !== undefined;
        expect([standing, before.actions.includes(verb)]).toEqual([standing, fits]);

        const { version } = before;
        if (decides(verb)) {
          // The hiring has changed: nothing is done, and the response has the current version.
          const stale = version.replace(/^./, (first) => (first === '0' ? '1' : '0'));
          const refused = await command(app, `/hirings/${id}/${verb}`, { ...COMMANDS[name], version: stale });
          expect([standing, refused.status, refused.body]).toEqual([
            standing,
            409,
            expect.objectContaining({ code: 'changed', version }),
          ]);
          expect(await shown(app, id)).toEqual(before);
        }
        const said = env.saidEvents().length;
        const named = verb === 'answer' ? { question } : decides(verb) ? { version } : {};
        const body = { commandId: randomUUID(), ...COMMANDS[name], ...named };
        const give = async () => await command(app, `/hirings/${id}/${verb}`, body);
        const first = await give();
        const after = await shown(app, id);
        const again = await give();
        expect([standing, first.status, again.status]).toEqual([
          standing,
          ...(fits ? [202, 202] : [409, 409]),
        ]);
        expect(again.body).toEqual(first.body);
        expect(first.body).toEqual(
          fits
            ? { state: leadsTo, ...(verb === 'answer' ? { already: false } : {}) }
            : expect.objectContaining({ detail: expect.any(String), todo: expect.any(String) }),
        );
        expect([standing, after.state]).toEqual([standing, leadsTo ?? before.state]);
        // Only an answer is said by the command itself.
        expect(env.saidEvents().length - said).toBe(fits && verb === 'answer' ? 1 : 0);
        // No move that is not the command's, and none by its repetition.
        const transitions = after.timeline.length - before.timeline.length;
        expect([standing, transitions]).toEqual([standing, fits && leadsTo !== before.state ? 1 : 0]);
        expect([standing, messagesOf(after)]).toEqual([standing, fits && verb === 'message' ? 1 : 0]);
        expect(await shown(app, id)).toEqual(after);

        const audit = deeds.parse((await ask(app, '/audit?limit=2')).body).items;
        const deed = { subject: id, commandId: body.commandId, outcome: fits ? '202' : '409' };
        expect(audit).toEqual([deed, deed]);
      }
    },
  );

  test('one settlement is stored, whatever commands follow the first', async ({ openIdleStore, expect }) => {
    const { app, place } = await openIdleStore();
    const id = await place('attention');
    expect((await decide(app, id, 'fail', { reason: 'No.' })).status).toBe(202);
    for (const [verb, body] of [
      ['fail', { reason: 'No.' }],
      ['submit', { text: HAIKU }],
      ['approve', {}],
      ['retry', {}],
    ] as const) {
      expect([verb, (await decide(app, id, verb, body)).status]).toEqual([verb, 409]);
    }
    expect((await shown(app, id)).attempts).toMatchObject([{ settlement: { generation: 1 } }]);
    // Two operators at once: one of them is heard.
    const both = await place('attention');
    const { version } = await shown(app, both);
    const answers = await Promise.all([
      command(app, `/hirings/${both}/fail`, { version, reason: 'No.' }),
      command(app, `/hirings/${both}/submit`, { version, text: HAIKU }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([202, 409]);
    expect((await shown(app, both)).attempts).toMatchObject([{ settlement: { generation: 1 } }]);
  });

  test('nothing empty, no placeholder and no credential is settled or told to anybody', async ({
    openIdleStore,
    expect,
  }) => {
    const { app, place } = await openIdleStore();
    const id = await place('attention');
    const before = await shown(app, id);
    const token = `ghp_${'a1B2'.repeat(9)}`;
    for (const [verb, body, status] of [
      ['submit', { text: '' }, 400],
      ['submit', { text: ' \n\t ' }, 400],
      ['submit', { text: 'TODO' }, 422],
      ['submit', { text: 'Done.' }, 422],
      ['submit', { text: `${HAIKU} ${token}` }, 422],
      ['submit', { text: 'x'.repeat(200_001) }, 400],
      ['message', { to: 'worker', text: ' ' }, 400],
      ['message', { to: 'worker', text: `Use ${token}` }, 422],
      ['message', { to: 'hirer', text: `Use ${token}` }, 422],
      ['message', { to: 'hirer', text: 'x'.repeat(5_001) }, 400],
      ['fail', { reason: '' }, 400],
      ['fail', { reason: 'x'.repeat(501) }, 400],
    ] as const) {
      const seen = verb === 'message' ? {} : { version: before.version };
      const answer = await command(app, `/hirings/${id}/${verb}`, { ...seen, ...body });
      expect([verb, body, answer.status]).toEqual([verb, body, status]);
      expect(answer.body).toMatchObject({ todo: expect.any(String) });
      expect(answer.text).not.toContain(token);
    }
    expect(await shown(app, id)).toEqual(before);
  });
});
