import {
  createAgentSession,
  createMarketplace,
  identifyAgent,
  readAgentProfile,
  type AgentSession,
  type PendingHiring,
  type RestClient,
  type SessionEvent,
  type SessionStatus,
} from '@agrenting-hiclaw/core/agrenting';
import {
  nextWaitMs,
  type AgentId,
  type Clock,
  type Marketplace,
  type Random,
} from '@agrenting-hiclaw/core/domain';
import { startSingleton, type Configuration, type Logger, type Singleton } from '@agrenting-hiclaw/runtime';
import type { Store } from '@agrenting-hiclaw/store';
import { hearPending } from './hear-pending.ts';

export interface AgentOptions {
  /** Where the agent stands in the configuration. */
  readonly name: string;
  readonly agent: Configuration['agents'][number];
  readonly client: RestClient;
  readonly store: Store;
  readonly holder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly leaseMs: number;
  readonly log: Logger;
  /** Called once, when it is known whose key it is. */
  onIdentified(agentId: AgentId): void;
}

/** One agent: who it is, its session, and the marketplace under its key. */
export interface RunningAgent {
  readonly name: string;
  /** Undefined until the marketplace has said whose key it is. */
  readonly agentId: AgentId | undefined;
  readonly listedWorker: string | undefined;
  readonly marketplace: Marketplace | undefined;
  /** What keeps the agent from hearing hirings; undefined while it hears, here or in another process. */
  problem(): string | undefined;
  close(): Promise<void>;
}

/** Asking who a key belongs to is limited to ten a minute for all agents together (Agrenting API reference, 2.3). */
const IDENTIFY_BACKOFF = { baseMs: 15_000, capMs: 600_000 };

/** Identifies the agent, then keeps its MCP session under a lease, so that one process at a time has it. */
export function startAgent(options: AgentOptions): RunningAgent {
  const { agent, client, clock, log, name } = options;
  const closing = new AbortController();
  let agentId = agent.id;
  let listedWorker: string | undefined;
  let marketplace: Marketplace | undefined;
  let session: AgentSession | undefined;
  let singleton: Singleton | undefined;
  let problem: string | undefined;
  const running = run();

  async function run(): Promise<void> {
    if (agentId !== undefined) begin(agentId);
    // A listing is asked for when the configuration leaves open who works for the agent.
    if (agentId === undefined || agent.worker === undefined) await identify();
  }

  async function identify(): Promise<void> {
    for (let waitMs = 0; !closing.signal.aborted;) {
      const outcome = await (agentId === undefined
        ? identifyAgent(client, agent.key)
        : readAgentProfile(client, agentId, agent.key));
      if (outcome.kind === 'profile') {
        ({ workerMatrixId: listedWorker } = outcome.profile);
        problem = undefined;
        if (closing.signal.aborted) return;
        if (agentId === undefined) begin(outcome.profile.agentId);
        return;
      }
      problem = outcome.problem;
      waitMs = nextWaitMs(waitMs, IDENTIFY_BACKOFF, options.random);
      const askedForMs = outcome.kind === 'unavailable' ? (outcome.retryAfterMs ?? 0) : 0;
      log.error({ agent: name, problem, waitMs }, 'the marketplace does not say who this agent is');
      await clock.sleep(Math.max(waitMs, askedForMs), closing.signal);
    }
  }

  function begin(id: AgentId): void {
    agentId = id;
    problem = undefined;
    options.onIdentified(id);
    marketplace = createMarketplace({
      client,
      agents: [{ agentId: id, key: agent.key, session: () => session }],
    });
    singleton = startSingleton({
      name: `mcp-session:${id}`,
      holder: options.holder,
      leases: options.store.leases,
      clock,
      leaseMs: options.leaseMs,
      onError: (what, error) => log.error({ agentId: id, error }, what),
      run: async (signal) => await keepSession(id, signal),
    });
  }

  async function keepSession(id: AgentId, signal: AbortSignal): Promise<void> {
    const opened = createAgentSession({
      client,
      agentId: id,
      key: agent.key,
      random: options.random,
      onPending: async (items: readonly PendingHiring[]) =>
        await hearPending({ items, agentId: id, store: options.store, clock, log }),
      onEvent: (event) => logEvent(id, event),
    });
    session = opened;
    try {
      opened.start();
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve());
      });
    } finally {
      session = undefined;
      await opened.close();
    }
  }

  function logEvent(id: AgentId, event: SessionEvent): void {
    switch (event.kind) {
      case 'state':
        log.info({ agentId: id, session: event.state }, `MCP session ${event.state}`);
        return;
      case 'dropped':
        log.warn({ agentId: id, ...event }, 'MCP session lost; it is built anew');
        return;
      case 'oddity':
        log.warn({ agentId: id, problem: event.problem }, 'the marketplace said something odd');
    }
  }

  return {
    name,
    get agentId() {
      return agentId;
    },
    get listedWorker() {
      return listedWorker;
    },
    get marketplace() {
      return marketplace;
    },
    problem: () => problem ?? deafness(session?.status()),
    async close() {
      closing.abort();
      await running;
      await singleton?.close();
    },
  };
}

/** Without a session another process may have it; with one, only `subscribed` hears. */
function deafness(status: SessionStatus | undefined): string | undefined {
  if (status === undefined || status.state === 'subscribed') return undefined;
  return `its MCP session is ${status.state}${status.problem === undefined ? '' : `: ${status.problem}`}`;
}
