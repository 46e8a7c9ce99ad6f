import { z } from 'zod';

import type { Clock } from './clock.ts';
import { isUuidV4, newAgentKey, newDid, newId } from './identifiers.ts';
import { formatCents, parseCents } from './money.ts';
import { accepted, invalid, refused, type Outcome } from './refusal.ts';
import type { User } from './users.ts';
import { parseWith } from './validation.ts';

export type AgentStatus = 'active' | 'draft' | 'inactive' | 'suspended' | 'banned';

/** A listing (Agrenting API reference, 4). */
export interface Agent {
  id: string;
  did: string;
  ownerId: string;
  /** The key settles this agent's hirings; it is shown once, at registration. */
  apiKey: string;
  name: string;
  description: string | null;
  capabilities: string[];
  category: string | null;
  pricingModel: string;
  basePriceCents: number;
  provider: string | null;
  model: string | null;
  metadata: Record<string, unknown>;
  status: AgentStatus;
  /** Last inbound MCP message or successful probe, ms since the epoch (4.8). */
  lastSeenAtMs: number | null;
  completed: number;
  failed: number;
  earnedCents: number;
  createdAt: string;
  updatedAt: string;
}

const price = z.union([z.string(), z.number()]).transform((amount, context) => {
  const cents = parseCents(amount);
  if (cents !== undefined) return cents;
  context.addIssue({ code: 'custom', message: 'is not a valid price' });
  return z.NEVER;
});

const metadata = z.looseObject({
  callback_url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
});

const profileShape = {
  name: z.string().trim().min(1).max(200),
  description: z.string().max(10_000).nullish(),
  capabilities: z.array(z.string().trim().min(1).max(100)).min(1).max(100),
  category: z.string().max(100).nullish(),
  pricing_model: z.enum(['fixed', 'auction', 'hybrid', 'per-token', 'subscription']),
  base_price: price.optional(),
  provider: z.string().max(200).nullish(),
  model: z.string().max(200).nullish(),
  metadata: metadata.optional(),
};

/** The body of a registration (Agrenting API reference, 4.1); members that are not named here are ignored. */
const registrationSchema = z.object({
  ...profileShape,
  did: z
    .string()
    .regex(/^did:[a-z0-9]+:.+$/, 'must look like did:<namespace>:<identifier>')
    .max(500)
    .optional(),
});

const updateShape = {
  ...profileShape,
  did: z.string().optional(),
  status: z.enum(['active', 'draft', 'inactive']).optional(),
};
const fullUpdateSchema = z.object(updateShape);
const partialUpdateSchema = z.object(updateShape).partial();

/** What only the admin API and a seed may say about a new agent. */
export interface FixedIdentity {
  id?: string | undefined;
  apiKey?: string | undefined;
}

export class Agents {
  readonly #clock: Clock;
  readonly #maxAgents: number;
  readonly #byId = new Map<string, Agent>();
  readonly #byDid = new Map<string, Agent>();
  readonly #byKey = new Map<string, Agent>();

  constructor(clock: Clock, maxAgents: number) {
    this.#clock = clock;
    this.#maxAgents = maxAgents;
  }

  /** Lists a new agent at once as `active`; the answer holds its key. */
  register(owner: User, input: unknown, fixed: FixedIdentity = {}): Outcome<Agent> {
    const parsed = parseWith(registrationSchema, input);
    if (!parsed.ok) return parsed;
    const body = parsed.value;
    const id = fixed.id ?? newId();
    const apiKey = fixed.apiKey ?? newAgentKey();
    const did = body.did ?? newDid(body.name);
    if (!isUuidV4(id)) return invalid({ id: ['must be a UUID v4'] });
    if (this.#byId.has(id)) return invalid({ id: ['has already been taken'] });
    if (this.#byDid.has(did)) return invalid({ did: ['has already been taken'] });
    if (this.#byKey.has(apiKey)) return invalid({ api_key: ['has already been taken'] });
    if (this.#byId.size >= this.#maxAgents) {
      return refused(503, 'SANDBOX_FULL', `${this.#maxAgents} agents are registered`);
    }
    const now = this.#timestamp();
    const agent: Agent = {
      id,
      did,
      ownerId: owner.id,
      apiKey,
      name: body.name,
      description: body.description ?? null,
      capabilities: body.capabilities,
      category: body.category ?? null,
      pricingModel: body.pricing_model,
      basePriceCents: body.base_price ?? 0,
      provider: body.provider ?? null,
      model: body.model ?? null,
      metadata: body.metadata ?? {},
      status: 'active',
      lastSeenAtMs: null,
      completed: 0,
      failed: 0,
      earnedCents: 0,
      createdAt: now,
      updatedAt: now,
    };
    this.#byId.set(id, agent);
    this.#byDid.set(did, agent);
    this.#byKey.set(apiKey, agent);
    return accepted(agent);
  }

  /**
   * Changes a profile (Agrenting API reference, 4.5). A full update must carry every member that registration demands;
   * `metadata` replaces what was there, it is not merged.
   */
  update(agent: Agent, input: unknown, demand: 'full' | 'partial'): Outcome<Agent> {
    const parsed = parseWith(demand === 'full' ? fullUpdateSchema : partialUpdateSchema, input);
    if (!parsed.ok) return parsed;
    const body = parsed.value;
    if (body.did !== undefined && body.did !== agent.did) return invalid({ did: ['cannot be changed'] });
    if (agent.status === 'suspended' || agent.status === 'banned') {
      return refused(403, 'FORBIDDEN', `The agent is ${agent.status}`);
    }
    agent.name = body.name ?? agent.name;
    agent.description = body.description === undefined ? agent.description : body.description;
    agent.capabilities = body.capabilities ?? agent.capabilities;
    agent.category = body.category === undefined ? agent.category : body.category;
    agent.pricingModel = body.pricing_model ?? agent.pricingModel;
    agent.basePriceCents = body.base_price ?? agent.basePriceCents;
    agent.provider = body.provider === undefined ? agent.provider : body.provider;
    agent.model = body.model === undefined ? agent.model : body.model;
    agent.metadata = body.metadata ?? agent.metadata;
    agent.status = body.status ?? agent.status;
    agent.updatedAt = this.#timestamp();
    return accepted(agent);
  }

  /** Gives it another key; the one before opens nothing any more (Agrenting API reference, 2.3). */
  rotateKey(agent: Agent): Agent {
    this.#byKey.delete(agent.apiKey);
    agent.apiKey = newAgentKey();
    this.#byKey.set(agent.apiKey, agent);
    return agent;
  }

  byKey(apiKey: string): Agent | undefined {
    return this.#byKey.get(apiKey);
  }

  byId(id: string): Agent | undefined {
    return this.#byId.get(id);
  }

  /** By UUID or DID. */
  find(idOrDid: string): Agent | undefined {
    return this.#byId.get(idOrDid) ?? this.#byDid.get(idOrDid);
  }

  list(): Agent[] {
    return [...this.#byId.values()];
  }

  /** An inbound MCP message or an answered probe keeps an agent online (Agrenting API reference, 4.8). */
  seen(agent: Agent): void {
    agent.lastSeenAtMs = this.#clock.now();
  }

  isOnline(agent: Agent): boolean {
    return agent.lastSeenAtMs !== null && this.#clock.now() - agent.lastSeenAtMs <= 60 * 60_000;
  }

  #timestamp(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

/**
 * The public profile (Agrenting API reference, 4.6). Metadata is shown whole, the callback header too: nothing says it
 * is filtered, so an adapter must bear that it is not (4.4).
 */
export function agentProfile(agent: Agent, online: boolean): Record<string, unknown> {
  const finished = agent.completed + agent.failed;
  return {
    id: agent.id,
    did: agent.did,
    owner_id: agent.ownerId,
    name: agent.name,
    description: agent.description,
    capabilities: agent.capabilities,
    category: agent.category,
    pricing_model: agent.pricingModel,
    base_price: formatCents(agent.basePriceCents),
    reputation_score: '4.0',
    reviews: { average_rating: null, total_reviews: 0 },
    status: agent.status,
    availability_status: online ? 'available' : 'offline',
    last_seen_at: agent.lastSeenAtMs === null ? null : new Date(agent.lastSeenAtMs).toISOString(),
    success_rate: finished === 0 ? null : agent.completed / finished,
    total_tasks_completed: agent.completed,
    total_earnings: formatCents(agent.earnedCents),
    verified: false,
    ai_provider: agent.provider,
    ai_model: agent.model,
    metadata: agent.metadata,
    avatar_url: null,
    created_at: agent.createdAt,
    updated_at: agent.updatedAt,
  };
}
