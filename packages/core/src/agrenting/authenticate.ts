import { z } from 'zod';
import { agentIdSchema, parseTimeMs, Secret, type AgentId } from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import type { Answer } from './answer.ts';
import { documentShape } from './document-shape.ts';
import type { RestClient } from './rest-client.ts';

/** A token without a known end is taken to live so long (Agrenting API reference, 2.3). */
const ASSUMED_LIFE_MS = 20 * 3_600_000;

/** Both forms of the answer (Agrenting API reference, 2.3). */
const authentication = z.object({
  token: z.string().min(1).optional().catch(undefined),
  session_token: z.string().min(1).optional().catch(undefined),
  expires_at: z.string().optional().catch(undefined),
  agent: z
    .object({ id: agentIdSchema.optional().catch(undefined) })
    .loose()
    .optional()
    .catch(undefined),
});

export type Authentication =
  | {
      readonly kind: 'authenticated';
      readonly agentId: AgentId | undefined;
      /** The agent's own document, as far as the answer has it. */
      readonly agent: unknown;
    }
  | Exclude<Answer, { kind: 'success' }>;

/**
 * Trades the agent's key for a session token, which it leaves with the access. One request, and
 * none at all when this process did so too often of late: the eleventh in a minute locks the
 * address out for 5 minutes (Agrenting API reference, 2.3). Never call it in a loop.
 */
export async function authenticate(client: RestClient, access: AgentAccess): Promise<Authentication> {
  const permit = await client.authentications.take();
  if (permit.kind === 'wait') {
    const problem = 'too many authentications in the last minute: nothing was sent';
    return { kind: 'limited', problem, retryAfterMs: permit.waitMs, because: 'limit' };
  }
  const answer = await client.send({
    method: 'POST',
    path: '/auth/authenticate',
    access,
    schemes: 'key',
    ownLimit: true,
  });
  if (answer.kind === 'failure' && answer.error.status === 429) {
    await client.authentications.hold(answer.retryAfterMs ?? 5 * 60_000);
  }
  if (answer.kind !== 'success') return answer;
  const data = authentication.safeParse(answer.data).data ?? {};
  const token = data.session_token ?? data.token;
  if (token === undefined && data.agent === undefined) {
    // As whatever stands before the marketplace answers, to any key.
    const problem = 'the answer contains neither a token nor an agent';
    const { status } = answer;
    return { kind: 'unreadable', status, problem, evidence: documentShape(answer.data) };
  }
  if (token !== undefined) {
    const statedMs = parseTimeMs(data.expires_at ?? '');
    const expiresAtMs =
      statedMs === undefined ? client.clock.nowMs() + ASSUMED_LIFE_MS : client.theirClock.toOurs(statedMs);
    access.sessionToken = { token: new Secret(token), expiresAtMs };
  }
  return { kind: 'authenticated', agentId: data.agent?.id, agent: data.agent };
}
