import { createRoute, z } from '@hono/zod-openapi';
import { answerWorker, WHEN_FIT } from '@agrenting-hiclaw/adapter/operations';
import type { HiringId, OperatorCommand } from '@agrenting-hiclaw/core/domain';
import { Problem } from '../http/problem.ts';
import type { ApiParts } from '../parts.ts';
import { runOnce } from './command.ts';
import { stateName } from './hiring-view.ts';
import { noHiring } from './hirings.ts';
import { body, COMMAND_PROBLEMS, commandId, hiringId, json, SECURED, words, type Api } from './route.ts';

const answer = z.object({ state: stateName }).openapi('CommandAnswer');

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

const plain = z.strictObject({ commandId });
const retryRoute = commandRoute('/hirings/{id}/retry', 'Hand it to its worker once more', plain);
const approveRoute = commandRoute('/hirings/{id}/approve', 'Say yes to what waits for it', plain);
const holdRoute = commandRoute('/hirings/{id}/hold', 'Keep it back until you say what becomes of it', plain);
const failRoute = commandRoute(
  '/hirings/{id}/fail',
  'Report it as failed, so that the hirer is refunded',
  z.strictObject({ commandId, reason: words(500) }),
);
const submitRoute = commandRoute(
  '/hirings/{id}/submit',
  'Settle this text as the result',
  z.strictObject({ commandId, text: words(200_000) }),
);
const messageRoute = commandRoute(
  '/hirings/{id}/message',
  'Say something to its worker or its hirer',
  z.strictObject({ commandId, to: z.enum(['worker', 'hirer']), text: words(5_000) }),
);
const answerRoute = commandRoute(
  '/hirings/{id}/answer',
  'Say whether its worker may run the command that it asks about',
  z.strictObject({ commandId, answer: z.enum(['yes', 'no']) }),
);

/** What operators have hirings do. None goes round the table of states. */
export function addHiringCommands(api: Api, parts: ApiParts): void {
  const { configuration, store } = parts;

  async function tell(id: HiringId, command: OperatorCommand) {
    const outcome = await store.tell(id, command);
    switch (outcome.kind) {
      case 'done':
        return await stateOf(id);
      case 'absent':
        throw noHiring(id);
      case 'busy':
        throw new Problem(409, 'it is worked on this moment', {
          todo: 'Try again in a few seconds.',
          retryAfterSeconds: 2,
        });
      case 'unfit':
        throw new Problem(409, `it is ${outcome.state}, which has no such move`, {
          todo: WHEN_FIT[command.kind],
        });
      case 'refused':
        throw new Problem(422, outcome.why, { todo: 'Change the text.' });
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
      const run = async () => await tell(id, { kind });
      return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
    });
  }

  api.openapi(failRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const failure = { reason: 'other', text: asked.reason } as const;
    const run = async () => await tell(id, { kind: 'fail', failure });
    return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
  });

  api.openapi(submitRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const run = async () => await tell(id, { kind: 'submit', text: asked.text });
    return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
  });

  api.openapi(messageRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const { to, text, commandId: source } = asked;
    const run = async () => await tell(id, { kind: 'message', to, text, source });
    return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
  });

  api.openapi(answerRoute, async (context) => {
    const { id } = context.req.valid('param');
    const asked = context.req.valid('json');
    const run = async () => {
      const record = await store.hirings.find(id);
      if (record === undefined) throw noHiring(id);
      await answerWorker(configuration, record, asked.answer, asked.commandId);
      return await stateOf(id);
    };
    return context.json(await runOnce(parts, context, answer, { id: asked.commandId, asked, run }), 202);
  });
}
