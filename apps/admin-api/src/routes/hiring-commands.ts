import { createRoute, z } from '@hono/zod-openapi';
import { ownKnownSecrets } from '@agrenting-hiclaw/runtime';
import {
  ANSWER_REFUSED,
  answerWorker,
  COMMAND_HINTS,
  unavailableCommand,
  type WorkerAnswer,
} from '@agrenting-hiclaw/operations';
import { LIMITS, type HiringId, type OperatorCommand, commandHiring } from '@agrenting-hiclaw/core/domain';
import { Problem } from '../http/problem.ts';
import type { ApiContext } from '../context.ts';
import { runOnce } from './command.ts';
import { stateName } from './hiring-view.ts';
import { noHiring } from './hirings.ts';
import {
  body,
  COMMAND_PROBLEMS,
  commandId,
  hiringId,
  json,
  SECURED,
  shownVersion,
  words,
  type Api,
} from './route.ts';

const answer = z.object({ state: stateName }).openapi('CommandAnswer');

const answerTaken = z
  .object({
    state: stateName,
    already: z.boolean().openapi({ description: 'The same answer was already given; nothing was sent.' }),
  })
  .openapi('AnswerTaken');

const commandRoute = <Path extends string, Body extends z.ZodType>(
  path: Path,
  summary: string,
  schema: Body,
) =>
  createRoute({
    method: 'post',
    path,
    summary,
    tags: ['hirings'],
    security: SECURED,
    request: { params: z.object({ id: hiringId }), body: body(schema) },
    responses: { 202: json(answer, 'Taken; the state that it led to.'), ...COMMAND_PROBLEMS },
  });

const plain = z.strictObject({ commandId, version: shownVersion });
const retryRoute = commandRoute('/hirings/{id}/retry', 'Hand it to its worker once more', plain);
const approveRoute = commandRoute('/hirings/{id}/approve', 'Say yes to what waits for it', plain);
const holdRoute = commandRoute('/hirings/{id}/hold', 'Keep it back until you say what becomes of it', plain);
const failRoute = commandRoute(
  '/hirings/{id}/fail',
  'Report it as failed, so that the hirer is refunded',
  z.strictObject({ commandId, version: shownVersion, reason: words(LIMITS.failureCharacters) }),
);
const submitRoute = commandRoute(
  '/hirings/{id}/submit',
  'Settle this text as the result',
  z.strictObject({ commandId, version: shownVersion, text: words(LIMITS.resultCharacters) }),
);
const messageRoute = commandRoute(
  '/hirings/{id}/message',
  'Send a message to the worker or the hirer',
  z.strictObject({ commandId, to: z.enum(['worker', 'hirer']), text: words(LIMITS.messageCharacters) }),
);
const answerRoute = createRoute({
  method: 'post',
  path: '/hirings/{id}/answer',
  summary: 'Approve or deny the command that its worker asks about',
  description:
    'Goes to the question that is named, once, and only while it is the last word in the room of the worker; else 409 with a `code`, and nothing is said to the worker. A yes is taken only for a question that is shown whole.',
  tags: ['hirings'],
  security: SECURED,
  request: {
    params: z.object({ id: hiringId }),
    body: body(
      z.strictObject({
        commandId,
        answer: z.enum(['yes', 'no']),
        question: z
          .string()
          .min(1)
          .max(255)
          .openapi({ description: '`question.eventId` of the hiring as you read it.' }),
      }),
    ),
  },
  responses: {
    202: json(answerTaken, 'Said, or said before; the state that it led to.'),
    ...COMMAND_PROBLEMS,
  },
});

/** What operators have hirings do. None goes round the table of states. */
export function addHiringCommands(api: Api, parts: ApiContext): void {
  const { configuration, store } = parts;

  async function applyCommand(id: HiringId, command: OperatorCommand) {
    const outcome = await commandHiring(store, id, command, ownKnownSecrets(configuration));
    switch (outcome.kind) {
      case 'done':
        return await stateOf(id);
      case 'absent':
        throw noHiring(id);
      case 'busy':
        throw busy();
      case 'changed':
        throw new Problem(409, 'The hiring has changed since you read it. Nothing was done.', {
          code: 'changed',
          version: outcome.version,
          todo: 'Read the hiring again, then repeat the command with the new version.',
        });
      case 'unfit':
        throw new Problem(409, unavailableCommand(command.kind, outcome.state), {
          code: 'unfit',
          todo: COMMAND_HINTS[command.kind],
        });
      case 'refused':
        throw new Problem(422, outcome.why, { todo: 'Change the text.' });
    }
  }

  /** Whether the same was said before. */
  async function say(id: HiringId, asked: WorkerAnswer): Promise<boolean> {
    const outcome = await answerWorker(configuration, store, id, asked);
    switch (outcome.kind) {
      case 'said':
      case 'already':
        return outcome.kind === 'already';
      case 'absent':
        throw noHiring(id);
      case 'busy':
        throw busy();
      case 'refused': {
        const { detail, todo } = ANSWER_REFUSED[outcome.code];
        throw new Problem(409, detail, { code: outcome.code, todo });
      }
      case 'failed':
        throw new Problem(424, outcome.problem, {
          todo: 'Send the same answer again: it is delivered at most once.',
        });
    }
  }

  async function stateOf(id: HiringId) {
    const record = await store.hirings.find(id);
    if (record === undefined) throw noHiring(id);
    return { state: record.state };
  }

  for (const [route, kind] of [
    [retryRoute, 'restart'],
    [approveRoute, 'approve'],
    [holdRoute, 'hold'],
  ] as const) {
    api.openapi(route, async (context) => {
      const { id } = context.req.valid('param');
      const asked = context.req.valid('json');
      const run = async () => await applyCommand(id, { kind, version: asked.version });
      return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
    });
  }

  api.openapi(failRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const failure = { reason: 'other', text: asked.reason } as const;
    const run = async () => await applyCommand(id, { kind: 'fail', version: asked.version, failure });
    return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
  });

  api.openapi(submitRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const run = async () =>
      await applyCommand(id, { kind: 'submit', version: asked.version, text: asked.text });
    return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
  });

  api.openapi(messageRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const { to, text, commandId: source } = asked;
    const run = async () => await applyCommand(id, { kind: 'message', to, text, source });
    return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
  });

  api.openapi(answerRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const run = async () => {
      const already = await say(id, asked);
      return { ...(await stateOf(id)), already };
    };
    return context.json(await runOnce(parts, context, answerTaken, { id: asked.commandId, asked, run }), 202);
  });
}

function busy(): Problem {
  return new Problem(409, 'The hiring is being processed.', {
    code: 'busy',
    todo: 'Try again in a few seconds.',
    retryAfterSeconds: 2,
  });
}
