import { z } from 'zod';
import { agentIdSchema, Secret, type AgentId } from '../domain/index.ts';
import { documentShape } from './document-shape.ts';
import { noKeyOf, type NoKey } from './key-answer.ts';
import type { RestClient } from './rest-client.ts';

/** An agent as it is offered on the marketplace (Agrenting API reference, 4.1 and 4.4). */
export interface NewAgent {
  readonly name: string;
  readonly description: string;
  readonly capabilities: readonly string[];
  readonly category: string;
  readonly pricingModel: 'fixed' | 'auction' | 'hybrid';
  /** A decimal amount, such as `10.00`. */
  readonly basePrice: string;
  /** Full Matrix id of the worker that does its work. */
  readonly workerMatrixId: string;
  /** Where hirings are posted and availability is probed; connection by webhook only. */
  readonly callbackUrl?: string | undefined;
  /** The header that the marketplace is to send there, as `Name: value`. */
  readonly callbackAuthHeader?: string | undefined;
}

export type RegisterOutcome =
  | { readonly kind: 'registered'; readonly agentId: AgentId; readonly key: Secret }
  /** Where it is `unknown`, look at the dashboard before trying again. */
  | NoKey;

const fields = z.record(z.string(), z.unknown()).catch({});
const keySchema = z.string().min(1);

/**
 * Registers an agent under the owner's user token (Agrenting API reference, 4.1). Its key is in the answer and never
 * shown again, so the caller keeps it before anything else. Never repeated automatically: a second call is a second agent.
 */
export async function registerAgent(
  client: RestClient,
  userToken: Secret,
  agent: NewAgent,
): Promise<RegisterOutcome> {
  const answer = await client.send({
    method: 'POST',
    path: '/agents',
    access: client.access(userToken),
    schemes: 'bearer',
    body: JSON.stringify({
      agent: {
        name: agent.name,
        description: agent.description,
        capabilities: agent.capabilities,
        category: agent.category,
        pricing_model: agent.pricingModel,
        base_price: agent.basePrice,
        metadata: {
          worker_matrix_id: agent.workerMatrixId,
          callback_url: agent.callbackUrl,
          callback_auth_header: agent.callbackAuthHeader,
        },
      },
    }),
  });
  if (answer.kind === 'success') return readRegistration(answer.data);
  const outcome = noKeyOf(answer);
  const isUnauthorized = answer.kind === 'failure' && [401, 403].includes(answer.error.status);
  if (!isUnauthorized) return outcome;
  return { ...outcome, problem: `${outcome.problem}: use a user token (ap_…) from Settings > API Keys` };
}

function readRegistration(data: unknown): RegisterOutcome {
  const outer = fields.parse(data);
  const inner = fields.parse(outer['agent']);
  const agentId = agentIdSchema.safeParse(inner['id'] ?? outer['id']).data;
  const key = keySchema.safeParse(outer['api_key'] ?? inner['api_key']).data;
  if (agentId !== undefined && key !== undefined)
    return { kind: 'registered', agentId, key: new Secret(key) };
  const problem = `the marketplace answered with ${documentShape(data)} instead of an agent with its key: look for it in the answer, or make a new key on the dashboard`;
  return { kind: 'unknown', problem, evidence: new Secret(JSON.stringify(data ?? null)) };
}
