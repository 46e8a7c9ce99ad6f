import { timingSafeEqual } from 'node:crypto';
import type { AppParts } from '@agrenting-hiclaw/app';
import {
  createTaskTokens,
  hiringIdSchema,
  type HiringRecord,
  isEnd,
  type TaskId,
} from '@agrenting-hiclaw/core/domain';
import { AuthRateLimit } from '@agrenting-hiclaw/runtime';
import { Hono } from 'hono';
import type { Exchange } from '../server/exchange.ts';
import { parseJson } from '../webhook/json.ts';
import { failureText, resultText } from './result-form.ts';

const RETRY_SECONDS = '5';

type ResultParts = Pick<AppParts, 'configuration' | 'store' | 'log' | 'submitResult'>;

export type ResultRoutes = Hono<{ Bindings: Exchange }>;

/**
 * `POST /hirings/:id/result` and `/failure` for workers that call back as the adapter page has it (C12): with the token
 * from their task folder instead of the agent's key. What they hand in becomes the result in that folder, so that
 * it passes the same gate and is settled once, like any other. The token is good for one attempt, until it ends; nothing
 * of a body is read before it was shown.
 */
export function createResultRoutes({ configuration, store, log, submitResult }: ResultParts): ResultRoutes {
  const app: ResultRoutes = new Hono();
  const tokenOf = createTaskTokens(configuration.store.key);
  const failed = new AuthRateLimit(() => performance.now());

  const routes = [
    { path: '/hirings/:id/result', read: resultText, expected: '{"output": {"summary": "…"}}' },
    { path: '/hirings/:id/failure', read: failureText, expected: '{"reason": "…"}' },
  ] as const;
  for (const { path, read, expected } of routes) {
    app.post(path, async ({ req, env }) => {
      const given = tokenIn(req.header('authorization'));
      const record = given === '' ? undefined : await recordOf(req.param('id'));
      const taskId = record?.attempt?.taskId;
      if (record === undefined || taskId === undefined || !isSame(given, tokenOf(taskId))) {
        return refuse(env.client);
      }
      if (isEnd(record.state)) return answer(`Hiring is ${record.state}`, 404);
      const body = await env.readBody();
      switch (body.kind) {
        case 'too_large':
          return answer('Payload too large', 413);
        case 'encoded':
          return answer('Unsupported content encoding: send the body uncompressed', 415, {
            'accept-encoding': 'identity',
          });
        case 'too_slow':
          return answer('Request timeout', 408);
        case 'broken_off':
          return answer('Incomplete body', 400);
        case 'no_room':
          return unavailable();
        case 'body': {
          const text = read(documentOf(body.bytes.toString('utf8')));
          if (text === undefined) return answer(`The body has to look like ${expected}`, 400);
          return await keep(record, taskId, text);
        }
      }
    });
  }

  function refuse(client: string): Response {
    const retryAfterSeconds = failed.note(client);
    if (retryAfterSeconds === undefined) return answer('Missing or invalid authentication', 401);
    return answer('Too many failed attempts', 429, { 'retry-after': String(retryAfterSeconds) });
  }

  async function recordOf(id: string): Promise<HiringRecord | undefined> {
    const hiringId = hiringIdSchema.safeParse(id).data;
    return hiringId === undefined ? undefined : await store.hirings.find(hiringId);
  }

  async function keep({ hiringId }: HiringRecord, taskId: TaskId, text: string): Promise<Response> {
    const outcome = await submitResult(taskId, text);
    switch (outcome.kind) {
      case 'kept':
        log.info({ hiringId, taskId }, 'a worker submitted its result by HTTP');
        return Response.json({ status: 'accepted' });
      case 'present':
        return answer('Another result was already submitted', 409);
      case 'unavailable':
        log.error({ hiringId, problem: outcome.problem }, 'a result could not be put into its task folder');
        return unavailable();
    }
  }
  return app;
}

function documentOf(text: string): unknown {
  const parsed = parseJson(text);
  return parsed.kind === 'document' ? parsed.document : undefined;
}

function tokenIn(header = ''): string {
  return header.replace(/^(?:apikey|bearer)\s+/i, '').trim();
}

function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function unavailable(): Response {
  return answer('Service unavailable, retry later', 503, { 'retry-after': RETRY_SECONDS });
}

/** In the marketplace's own form for it (adapter page, G3). */
function answer(message: string, status: number, headers: Record<string, string> = {}): Response {
  return Response.json({ errors: { message } }, { status, headers });
}
