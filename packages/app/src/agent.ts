import {
  createMarketplace,
  identifyAgent,
  readAgentProfile,
  type HiringSource,
  type RestClient,
} from '@agrenting-hiclaw/core/agrenting';
import {
  nextWaitMs,
  type AgentId,
  type Clock,
  type Marketplace,
  type Random,
  type Secret,
} from '@agrenting-hiclaw/core/domain';
import type { Configuration, Logger } from '@agrenting-hiclaw/runtime';

/** An agent of which it is known who it is. */
export interface IdentifiedAgent {
  readonly agentId: AgentId;
  readonly key: Secret;
  /** The marketplace under this agent's key. */
  readonly marketplace: Marketplace;
}

export interface AgentOptions {
  /** Where the agent is in the configuration. */
  readonly name: string;
  readonly agent: Configuration['agents'][number];
  /** By which way results, failures and messages go. */
  readonly via: Configuration['settlement']['via'];
  readonly client: RestClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The marketplace's second source for hirings of this agent, as long as there is one. */
  session(agentId: AgentId): HiringSource | undefined;
  /** Called once, when it is known whose key it is. */
  onIdentified(agent: IdentifiedAgent): void;
  /** Called when the marketplace takes a key again that it had refused. */
  onTakenAgain?(agentId: AgentId): void;
}

/** One agent of the configuration. */
export interface RunningAgent {
  readonly name: string;
  /** Undefined until the marketplace has said whose key it is. */
  readonly identified: IdentifiedAgent | undefined;
  /** The Matrix id of the worker that its listing names. */
  readonly listedWorker: string | undefined;
  /** Resolves once the marketplace has answered, whatever it said, or nothing had to be asked. */
  readonly asked: Promise<void>;
  /** Why it is not known who the agent is, or who works for it; undefined while it is. */
  problem(): string | undefined;
  /** Whether the marketplace did not take its key when it was last asked anything. */
  isRefused(): boolean;
  close(): Promise<void>;
}

/** Asking who a key belongs to is limited to ten a minute for all agents together (Agrenting API reference, 2.3). */
const IDENTIFY_BACKOFF = { baseMs: 15_000, capMs: 600_000 };

/** Finds out whose key it is, and which worker the listing names, where the configuration leaves that open. */
export function startAgent(options: AgentOptions): RunningAgent {
  const { agent, client, clock, log, name } = options;
  const closing = new AbortController();
  let identified: IdentifiedAgent | undefined;
  let listedWorker: string | undefined;
  let problem: string | undefined;
  let refused = false;
  const asked = Promise.withResolvers<void>();
  const running = run().finally(() => asked.resolve());

  async function run(): Promise<void> {
    if (agent.id !== undefined) begin(agent.id);
    // A listing is asked for when the configuration leaves open who works for the agent.
    if (agent.id === undefined || agent.worker === undefined) await identify();
  }

  async function identify(): Promise<void> {
    for (let waitMs = 0; !closing.signal.aborted;) {
      const outcome = await (identified === undefined
        ? identifyAgent(client, agent.key)
        : readAgentProfile(client, identified.agentId, agent.key));
      refused = outcome.kind === 'unauthorized';
      if (outcome.kind === 'profile') {
        ({ workerMatrixId: listedWorker } = outcome.profile);
        problem = undefined;
        if (closing.signal.aborted) return;
        if (identified === undefined) begin(outcome.profile.agentId);
        return;
      }
      problem = outcome.problem;
      asked.resolve();
      waitMs = nextWaitMs(waitMs, IDENTIFY_BACKOFF, options.random);
      const askedForMs = outcome.kind === 'unavailable' ? (outcome.retryAfterMs ?? 0) : 0;
      log.error({ agent: name, problem, waitMs }, 'the agent of this key could not be identified');
      await clock.sleep(Math.max(waitMs, askedForMs), closing.signal);
    }
  }

  function begin(agentId: AgentId): void {
    const { key } = agent;
    const session = (): HiringSource | undefined => options.session(agentId);
    const marketplace = createMarketplace({ client, agents: [{ agentId, key, session }], via: options.via });
    identified = { agentId, key, marketplace };
    options.onIdentified(identified);
    const stopListening = client.access(key).budget.onTakenAgain(() => options.onTakenAgain?.(agentId));
    closing.signal.addEventListener('abort', stopListening);
  }

  return {
    name,
    asked: asked.promise,
    get identified() {
      return identified;
    },
    get listedWorker() {
      return listedWorker;
    },
    problem: () => problem,
    isRefused: () => refused || client.access(agent.key).budget.isRefused,
    async close() {
      closing.abort();
      await running;
    },
  };
}
