import { z } from 'zod';
import { agentIdSchema, type AgentId, type Secret } from '../domain/index.ts';
import type { Answer } from './answer.ts';
import { authenticate } from './authenticate.ts';
import { documentShape } from './document-shape.ts';
import type { RestClient } from './rest-client.ts';

/** What of an agent's listing matters to us (Agrenting API reference, 4.4 and 4.6). */
export interface AgentProfile {
  readonly agentId: AgentId;
  /** Matrix id of the worker that the owner named in the listing; checked against the configuration. */
  readonly workerMatrixId?: string | undefined;
}

export type ProfileOutcome =
  | { readonly kind: 'profile'; readonly profile: AgentProfile }
  /** The marketplace took the key but does not say whose it is. */
  | { readonly kind: 'nameless'; readonly problem: string }
  | { readonly kind: 'unauthorized'; readonly problem: string }
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

const fields = z.record(z.string(), z.unknown());
const listing = z.object({
  id: agentIdSchema,
  metadata: z
    .object({ worker_matrix_id: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * Learns from the key alone which agent it belongs to and which worker the listing names: one
 * authentication, and one read where its answer leaves out the metadata (Agrenting API reference,
 * 2.3 and 4.6). At most once per key and process.
 */
export async function identifyAgent(client: RestClient, key: Secret): Promise<ProfileOutcome> {
  const answer = await authenticate(client, client.access(key));
  if (answer.kind !== 'authenticated') {
    const rejected =
      "the marketplace does not accept this key: agents[].key must be an agent's own key, not the ap_ user token";
    return explain(answer, rejected);
  }
  const complete = listing.safeParse(answer.agent).data;
  if (complete?.metadata !== undefined) return found(complete);
  const { agentId } = answer;
  if (agentId === undefined) {
    const problem =
      'the marketplace accepts the key but does not say which agent it belongs to: set agents[].id to the id on the dashboard';
    return { kind: 'nameless', problem };
  }
  const profile = await readAgentProfile(client, agentId, key);
  // The id is what was asked for; a listing that cannot be read takes nothing from it.
  return profile.kind === 'profile' ? profile : { kind: 'profile', profile: { agentId } };
}

/** Reads the listing of an agent whose id is known (Agrenting API reference, 4.6). */
export async function readAgentProfile(
  client: RestClient,
  agentId: AgentId,
  key: Secret,
): Promise<ProfileOutcome> {
  const access = client.access(key);
  const answer = await client.send({ method: 'GET', path: `/agents/${agentId}`, access, schemes: 'key' });
  if (answer.kind !== 'success') {
    return explain(answer, `the marketplace does not let the key of agent ${agentId} read its listing`);
  }
  const wrapped = fields.safeParse(answer.data).data?.['agent'];
  const profile = listing.safeParse(wrapped ?? answer.data);
  if (profile.success && profile.data.id === agentId) return found(profile.data);
  const problem = `the marketplace answered with ${documentShape(wrapped ?? answer.data)} instead of the listing of agent ${agentId}`;
  return { kind: 'unavailable', problem };
}

function found({ id, metadata }: z.infer<typeof listing>): ProfileOutcome {
  return { kind: 'profile', profile: { agentId: id, workerMatrixId: metadata?.worker_matrix_id } };
}

function explain(answer: Exclude<Answer, { kind: 'success' }>, rejected: string): ProfileOutcome {
  switch (answer.kind) {
    case 'failure': {
      const { status, message } = answer.error;
      const problem = `HTTP ${status}, ${message}`;
      if (status === 401 || status === 403)
        return { kind: 'unauthorized', problem: `${rejected} (${problem})` };
      return { kind: 'unavailable', problem, retryAfterMs: answer.retryAfterMs };
    }
    case 'limited':
      return { kind: 'unavailable', problem: answer.problem, retryAfterMs: answer.retryAfterMs };
    case 'unreadable':
    case 'redirected':
    case 'lost':
      return { kind: 'unavailable', problem: answer.problem };
  }
}
