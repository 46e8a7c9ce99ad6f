import { describeApiError } from './api-error.ts';
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
  /** Where hirings are posted and the probe for availability goes; undefined for a connection over MCP alone. */
  readonly callbackUrl?: string | undefined;
  /** What hirers see; each undefined where the marketplace leaves it out. */
  readonly shown: ShownListing;
}

/** A listing as hirers see it (Agrenting API reference, 4.6). */
export interface ShownListing {
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly availability?: string | undefined;
  readonly capabilities?: readonly string[] | undefined;
  readonly category?: string | undefined;
  /** Decimal, as the marketplace writes it. */
  readonly basePrice?: string | undefined;
  readonly reputation?: string | undefined;
  readonly completed?: number | undefined;
  /** Decimal, as the marketplace writes it. */
  readonly earned?: string | undefined;
}

export type ProfileOutcome =
  | { readonly kind: 'profile'; readonly profile: AgentProfile }
  /** The marketplace took the key but does not say whose it is. */
  | { readonly kind: 'nameless'; readonly problem: string }
  | { readonly kind: 'unauthorized'; readonly problem: string }
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

const fields = z.record(z.string(), z.unknown());
const text = z.string().optional().catch(undefined);
/** Seen as a string and as a number. */
const figure = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);
const listing = z.object({
  id: agentIdSchema,
  metadata: z.object({ worker_matrix_id: text, callback_url: text }).optional().catch(undefined),
  name: text,
  status: text,
  availability: text,
  availability_status: text,
  capabilities: z.array(z.string()).optional().catch(undefined),
  category: text,
  base_price: figure,
  reputation_score: figure,
  total_tasks_completed: z.number().optional().catch(undefined),
  total_earnings: figure,
});

const NO_AGENT_KEY =
  "the marketplace does not accept this key: agents[].key must be an agent's own key, not the ap_ user token";
const USER_TOKEN =
  "this key is your user token, but hirings are settled with an agent's own key: run `agrenting-hiclaw register`, which stores that key, or list the agent with its key under agents";

/** Keys are told apart by asking: the list of an owner's hirings is shown to the owner alone (Agrenting API reference, 21 #17). */
async function isUserToken(client: RestClient, key: Secret): Promise<boolean> {
  const access = client.access(key);
  const answer = await client.send({ method: 'GET', path: '/hirings/pending', access, schemes: 'bearer' });
  return answer.kind === 'success';
}

/**
 * Learns from the key alone which agent it belongs to and which worker the listing names: one
 * authentication, and one read where its answer leaves out the metadata (Agrenting API reference,
 * 2.3 and 4.6). At most once per key and process.
 */
export async function identifyAgent(client: RestClient, key: Secret): Promise<ProfileOutcome> {
  const answer = await authenticate(client, client.access(key));
  if (answer.kind !== 'authenticated') {
    const refused = answer.kind === 'failure' && [401, 403].includes(answer.error.status);
    return explain(answer, refused && (await isUserToken(client, key)) ? USER_TOKEN : NO_AGENT_KEY);
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
  return profile.kind === 'profile' ? profile : { kind: 'profile', profile: { agentId, shown: {} } };
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

function found(read: z.infer<typeof listing>): ProfileOutcome {
  return {
    kind: 'profile',
    profile: {
      agentId: read.id,
      workerMatrixId: read.metadata?.worker_matrix_id,
      callbackUrl: read.metadata?.callback_url,
      shown: {
        name: read.name,
        status: read.status,
        availability: read.availability ?? read.availability_status,
        capabilities: read.capabilities,
        category: read.category,
        basePrice: read.base_price,
        reputation: read.reputation_score,
        completed: read.total_tasks_completed,
        earned: read.total_earnings,
      },
    },
  };
}

function explain(answer: Exclude<Answer, { kind: 'success' }>, rejected: string): ProfileOutcome {
  switch (answer.kind) {
    case 'failure': {
      const { status } = answer.error;
      const problem = describeApiError(answer.error);
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
