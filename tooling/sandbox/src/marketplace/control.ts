import type { Agent } from './agents.ts';
import type { ChaosOptions, ChaosRun } from './chaos.ts';
import type { NewAgent, NewHire, NewUser, Resolution } from './control-input.ts';
import type { Fault, FaultInput } from './fault.ts';
import { hireBodySchema, hireExtrasSchema } from './hire-body.ts';
import type { Hiring, HiringStatus } from './hiring.ts';
import type { LedgerAudit, LedgerEntry } from './ledger.ts';
import { formatCents, parseCents } from './money.ts';
import { notFound, valueOf, type Outcome } from './refusal.ts';
import type { RecordedRequest, RequestFilter } from './request-log.ts';
import type { SwitchChange, Switches } from './switches.ts';
import type { User } from './users.ts';
import { parseWith } from './validation.ts';
import type { Visit, VisitFilter } from './visits.ts';
import type { WebhookTry } from './webhooks.ts';
import type { World } from './world.ts';

/** A hiring as it is at one moment, with its full history. */
export type HiringSnapshot = Omit<Hiring, 'repoAccessToken'> & { price: string };
/** An agent as it is at one moment; its key is given at registration only. */
export type AgentSnapshot = Omit<Agent, 'apiKey'>;

export interface SessionSnapshot {
  id: string;
  agentId: string;
  openedAt: string;
  phase: 'new' | 'initializing' | 'ready';
  subscriptions: string[];
}

export interface HiringFilter {
  agentId?: string | undefined;
  hirerId?: string | undefined;
  status?: string | undefined;
}

/**
 * What tests and people may do to the marketplace beside its own API. The admin API calls the same functions. All of
 * them throw a `RefusedError` where the marketplace refuses.
 */
export interface MarketplaceControl {
  /** A hirer or owner, with a token and an opening balance. */
  createUser: (user?: NewUser) => User;
  /** Lists an agent; what it gives holds the key. */
  registerAgent: (agent: NewAgent) => Agent;
  users: () => Omit<User, 'token'>[];
  agents: () => AgentSnapshot[];
  deposit: (userId: string, amount: string) => void;
  /** Hires as the hirer would; the probe follows automatically. */
  hire: (hire: NewHire) => HiringSnapshot;
  retry: (hiringId: string, reason?: string) => HiringSnapshot;
  cancel: (hiringId: string) => HiringSnapshot;
  /** Freezes a hiring and its escrow, as on the hirer's complaint. */
  dispute: (hiringId: string) => HiringSnapshot;
  /** Decides a dispute: all to the owner, all back to the hirer, or `ownerShare` of the price to the owner. */
  resolveDispute: (hiringId: string, resolution: Resolution) => HiringSnapshot;
  /** Probes the agent of a hiring in `paid`, and starts or fails it by that. */
  dispatch: (hiringId: string) => Promise<HiringSnapshot>;
  /** Writes as the hirer. With `replyToId` it answers a question. */
  say: (hiringId: string, content: string, replyToId?: string) => HiringSnapshot;
  hirings: {
    get: (hiringId: string) => HiringSnapshot | undefined;
    list: (filter?: HiringFilter) => HiringSnapshot[];
    /** Waits until the hiring has the status, or what else is asked for; rejects after `timeoutMs` (5000) real time. */
    when: (
      hiringId: string,
      condition: HiringStatus | ((hiring: HiringSnapshot) => boolean),
      timeoutMs?: number,
    ) => Promise<HiringSnapshot>;
  };
  ledger: {
    balance: (userId: string) => { available: string; escrow: string };
    audit: () => LedgerAudit;
    entries: () => LedgerEntry[];
  };
  switches: {
    /** Of an agent, or the defaults. */
    get: (agentId?: string) => Switches;
    set: (agentId: string, change: SwitchChange) => Switches;
    setDefaults: (change: SwitchChange) => Switches;
    /** Back to the defaults. */
    reset: (agentId: string) => Switches;
  };
  sessions: {
    list: (agentId?: string) => SessionSnapshot[];
    /** Ends all event streams, or those of an agent, at once; gives how many. */
    drop: (agentId?: string) => number;
    dropOne: (sessionId: string) => boolean;
  };
  faults: {
    add: (fault: FaultInput) => Fault;
    /** Those that still wait for their request. */
    list: () => Fault[];
    clear: () => void;
  };
  webhooks: {
    /** Every try to tell an agent of a hiring, oldest first. */
    list: (hiringId?: string) => WebhookTry[];
    clear: () => void;
  };
  /** Faults at random from a seed, until stopped; one run at a time. */
  startChaos: (options: ChaosOptions) => ChaosRun;
  /** The run of chaos that was started last, stopped or not. */
  chaos: () => ChaosRun | undefined;
  requests: {
    /** Every settlement, message and chunk received, oldest first. */
    list: (filter?: RequestFilter) => RecordedRequest[];
    /** When who asked for what, oldest first: any request, without its content. */
    visits: (filter?: VisitFilter) => Visit[];
    clear: () => void;
  };
}

export function createControl(world: World): MarketplaceControl {
  return {
    createUser: (user = {}) => ({ ...valueOf(world.users.create(user)) }),
    registerAgent: (agent) => structuredClone(valueOf(register(world, agent))),
    users: () => world.users.list().map(({ id, name, createdAt }) => ({ id, name, createdAt })),
    agents: () => world.agents.list().map((agent) => agentSnapshot(agent)),
    deposit: (userId, amount) => deposit(world, userId, amount),
    hire: (hire) => snapshot(valueOf(hireAs(world, hire))),
    retry: (hiringId, reason) => {
      const hiring = existing(world, hiringId);
      return snapshot(valueOf(world.hirings.retry(hiring, `hirer:${hiring.hirerId}`, reason ?? null)));
    },
    cancel: (hiringId) => {
      const hiring = existing(world, hiringId);
      return snapshot(valueOf(world.hirings.cancel(hiring, `hirer:${hiring.hirerId}`)));
    },
    dispute: (hiringId) => snapshot(valueOf(world.hirings.dispute(existing(world, hiringId)))),
    resolveDispute: (hiringId, resolution) =>
      snapshot(valueOf(resolve(world, existing(world, hiringId), resolution))),
    dispatch: async (hiringId) => {
      const hiring = existing(world, hiringId);
      await world.availability.dispatch(hiring);
      return snapshot(hiring);
    },
    say: (hiringId, content, replyToId) => {
      const hiring = existing(world, hiringId);
      const sender = {
        senderType: 'user',
        senderId: hiring.hirerId,
        senderName: world.users.byId(hiring.hirerId)?.name ?? '',
      } as const;
      const kind = replyToId === undefined ? 'message' : 'answer';
      valueOf(world.hirings.addMessage(hiring, sender, { content, kind, replyToId: replyToId ?? null }));
      return snapshot(hiring);
    },
    hirings: {
      get: (hiringId) => {
        const hiring = world.hirings.byId(hiringId);
        return hiring === undefined ? undefined : snapshot(hiring);
      },
      list: ({ agentId, hirerId, status } = {}) =>
        world.hirings
          .list()
          .filter((hiring) => agentId === undefined || hiring.agentId === agentId)
          .filter((hiring) => hirerId === undefined || hiring.hirerId === hirerId)
          .filter((hiring) => status === undefined || hiring.status === status)
          .map((hiring) => snapshot(hiring)),
      when: (hiringId, condition, timeoutMs = 5_000) =>
        waitFor(
          world,
          existing(world, hiringId),
          typeof condition === 'string' ? ({ status }) => status === condition : condition,
          timeoutMs,
        ),
    },
    ledger: {
      balance: (userId) => {
        const { availableCents, escrowCents } = world.ledger.balanceOf(userId);
        return { available: formatCents(availableCents), escrow: formatCents(escrowCents) };
      },
      audit: () => world.ledger.audit(),
      entries: () => structuredClone([...world.ledger.entries()]),
    },
    switches: {
      get: (agentId) => world.switches.of(agentId),
      set: (agentId, change) => valueOf(world.switches.set(agentId, change)),
      setDefaults: (change) => valueOf(world.switches.set(undefined, change)),
      reset: (agentId) => world.switches.reset(agentId),
    },
    sessions: {
      list: (agentId) =>
        world.sessions
          .live()
          .filter((session) => agentId === undefined || session.agentId === agentId)
          .map((session) => ({
            id: session.id,
            agentId: session.agentId,
            openedAt: new Date(session.openedAtMs).toISOString(),
            phase: session.phase,
            subscriptions: [...session.subscriptions],
          })),
      drop: (agentId) => world.sessions.drop(agentId),
      dropOne: (sessionId) => world.sessions.dropOne(sessionId),
    },
    faults: {
      add: (fault) => valueOf(world.faults.add(fault)),
      list: () => world.faults.list(),
      clear: () => world.faults.clear(),
    },
    startChaos: (options) => valueOf(world.chaos.start(options)),
    chaos: () => world.chaos.newest(),
    requests: {
      list: (filter) => world.requests.list(filter),
      visits: (filter) => world.visits.list(filter),
      clear: () => world.requests.clear(),
    },
    webhooks: {
      list: (hiringId) => world.webhooks.list(hiringId),
      clear: () => world.webhooks.clear(),
    },
  };
}

function register(world: World, input: NewAgent): Outcome<Agent> {
  const owner = world.users.byId(input.ownerId);
  if (owner === undefined) return notFound('User');
  const body = {
    name: input.name,
    did: input.did,
    description: input.description,
    capabilities: input.capabilities ?? ['coding'],
    category: input.category,
    pricing_model: input.pricingModel ?? 'fixed',
    base_price: input.basePrice,
    metadata: input.metadata,
  };
  return world.agents.register(owner, body, { id: input.id, apiKey: input.apiKey });
}

function hireAs(world: World, input: NewHire): Outcome<Hiring> {
  const hirer = world.users.byId(input.hirerId);
  if (hirer === undefined) return notFound('User');
  const agent = world.agents.find(input.agentId);
  if (agent === undefined) return notFound('Agent');
  const body = parseWith(hireBodySchema, {
    task_description: input.taskDescription,
    capability_requested: input.capabilityRequested,
    price: input.price,
    delivery_mode: input.deliveryMode,
    repo_url: input.repoUrl,
    repo_access_token: input.repoAccessToken,
    task_input: input.taskInput,
    client_message: input.clientMessage,
    client_idempotency_key: input.clientIdempotencyKey,
  });
  if (!body.ok) return body;
  const extras = parseWith(hireExtrasSchema, { deadline_at: input.deadlineAt, payment: input.payment });
  if (!extras.ok) return extras;
  const hired = world.hirings.create(hirer, agent, body.value, extras.value);
  return hired.ok ? { ok: true, value: hired.value.hiring } : hired;
}

function resolve(world: World, hiring: Hiring, resolution: Resolution): Outcome<Hiring> {
  if (resolution.outcome !== 'split') return world.hirings.resolveDispute(hiring, resolution);
  const ownerCents = parseCents(resolution.ownerShare) ?? 0;
  return world.hirings.resolveDispute(hiring, { outcome: 'split', ownerCents });
}

function deposit(world: World, userId: string, amount: string): void {
  if (world.users.byId(userId) === undefined) valueOf(notFound('User'));
  valueOf(world.ledger.deposit(userId, parseCents(amount) ?? 0));
}

function waitFor(
  world: World,
  hiring: Hiring,
  holds: (hiring: HiringSnapshot) => boolean,
  timeoutMs: number,
): Promise<HiringSnapshot> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const now = snapshot(hiring);
      if (!holds(now)) return;
      clearTimeout(timer);
      stop();
      resolve(now);
    };
    const timer = setTimeout(() => {
      stop();
      const was = hiring.history.map(({ to }) => to).join(' -> ');
      reject(new Error(`hiring ${hiring.id} did not get there in ${timeoutMs} ms: ${was}`));
    }, timeoutMs);
    const stop = world.hirings.onChange((event) => {
      if (event.hiring === hiring) look();
    });
    look();
  });
}

function existing(world: World, hiringId: string): Hiring {
  const hiring = world.hirings.byId(hiringId);
  return hiring ?? valueOf(notFound('Hiring'));
}

function snapshot(hiring: Hiring): HiringSnapshot {
  const { repoAccessToken: _, ...visible } = hiring;
  return { ...structuredClone(visible), price: formatCents(hiring.priceCents) };
}

function agentSnapshot(agent: Agent): AgentSnapshot {
  const { apiKey: _, ...visible } = agent;
  return structuredClone(visible);
}
