import { timingSafeEqual } from 'node:crypto';
import { createTaskTokens, type AppParts } from '@agrenting-hiclaw/adapter';
import {
  hiringIdSchema,
  isEnd,
  taskIdOf,
  type HiringRecord,
  type TaskId,
} from '@agrenting-hiclaw/core/domain';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { parseJson } from '../webhook/json.ts';
import { failureText, resultText } from './result-form.ts';

const RETRY_SECONDS = '5';

/**
 * `POST /hirings/:id/result` and `/failure` for workers that call back as the adapter page has it (C12): with the token
 * from their task folder instead of the agent's key. What they hand in becomes the result in that folder, so that
 * it passes the same gate and is settled once, like any other. The token is good for one attempt, until it ends.
 */
export function createResultRoutes({ configuration, store, log, handIn }: AppParts): Hono {
  const app = new Hono();
  const tokenOf = createTaskTokens(configuration.store.key);
  const maxSize = configuration.webhook.maxBodyBytes;

  const routes = [
    { path: '/hirings/:id/result', read: resultText, expected: '{"output": {"summary": "…"}}' },
    { path: '/hirings/:id/failure', read: failureText, expected: '{"reason": "…"}' },
  ] as const;
  for (const { path, read, expected } of routes) {
    app.post(
      path,
      bodyLimit({ maxSize, onError: (context) => context.json(said('Payload too large'), 413) }),
      async (context) => {
        const record = await recordOf(context.req.param('id'));
        const taskId =
          record?.attempt === undefined ? undefined : taskIdOf(record.hiringId, record.attempt.number);
        if (
          record === undefined ||
          taskId === undefined ||
          !isRight(context.req.header('authorization'), taskId)
        ) {
          return context.json(said('Missing or invalid authentication'), 401);
        }
        if (isEnd(record.state)) return context.json(said(`Hiring is ${record.state}`), 404);
        const text = read(documentOf(await context.req.text()));
        if (text === undefined) return context.json(said(`The body has to look like ${expected}`), 400);
        return await keep(record, taskId, text);
      },
    );
  }

  async function recordOf(id: string): Promise<HiringRecord | undefined> {
    const hiringId = hiringIdSchema.safeParse(id).data;
    return hiringId === undefined ? undefined : await store.hirings.find(hiringId);
  }

  function isRight(header: string | undefined, taskId: TaskId): boolean {
    const given = Buffer.from((header ?? '').replace(/^(?:apikey|bearer)\s+/i, '').trim());
    const right = Buffer.from(tokenOf(taskId));
    return given.length === right.length && timingSafeEqual(given, right);
  }

  async function keep({ hiringId }: HiringRecord, taskId: TaskId, text: string): Promise<Response> {
    const outcome = await handIn(taskId, text);
    switch (outcome.kind) {
      case 'kept':
        log.info({ hiringId, taskId }, 'a worker handed in its result by HTTP');
        return Response.json({ status: 'accepted' });
      case 'present':
        return Response.json(said('Another result was handed in before'), { status: 409 });
      case 'unavailable':
        log.error({ hiringId, problem: outcome.problem }, 'a result could not be put into its task folder');
        return Response.json(said('Not now, come again'), {
          status: 503,
          headers: { 'retry-after': RETRY_SECONDS },
        });
    }
  }
  return app;
}

function documentOf(text: string): unknown {
  const parsed = parseJson(text);
  return parsed.kind === 'document' ? parsed.document : undefined;
}

/** In the marketplace's own form for it (adapter page, G3). */
function said(message: string): { readonly errors: { readonly message: string } } {
  return { errors: { message } };
}
