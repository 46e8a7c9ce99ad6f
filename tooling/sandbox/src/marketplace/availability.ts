import type { Agent, Agents } from './agents.ts';
import type { Clock } from './clock.ts';
import type { Hiring } from './hiring.ts';
import type { HiringEvent, Hirings } from './hirings.ts';
import type { McpSessions } from './mcp/sessions.ts';
import type { SwitchBoard } from './switches.ts';
import { callbackHeader } from './webhooks.ts';

const pingBudgetMs = 3_000;
const headBudgetMs = 2_000;

export type Probe = { answered: true; via: 'mcp' | 'head' } | { answered: false; reason: string };

/**
 * Finds out whether an agent is there (Agrenting API reference, 6.3): an MCP `ping` over its live sessions within 3 s,
 * else a `HEAD` on its callback URL within 2 s. A queued hiring starts or fails by it; while work is in progress it is
 * repeated, and too many misses in a row fail the hiring.
 */
export class Availability {
  readonly #clock: Clock;
  readonly #agents: Agents;
  readonly #hirings: Hirings;
  readonly #sessions: McpSessions;
  readonly #switches: SwitchBoard;
  readonly #running = new Map<string, Promise<Probe>>();
  /** By hiring id: takes back the next probe of work in progress. */
  readonly #watches = new Map<string, () => void>();
  readonly #closing = new AbortController();

  constructor(clock: Clock, agents: Agents, hirings: Hirings, sessions: McpSessions, switches: SwitchBoard) {
    this.#clock = clock;
    this.#agents = agents;
    this.#hirings = hirings;
    this.#sessions = sessions;
    this.#switches = switches;
    hirings.onChange((event) => this.#onChange(event));
  }

  /** Probes once; probes of one agent that would overlap are one. */
  probe(agent: Agent): Promise<Probe> {
    const running = this.#running.get(agent.id);
    if (running !== undefined) return running;
    const probe = this.#probe(agent).finally(() => this.#running.delete(agent.id));
    this.#running.set(agent.id, probe);
    return probe;
  }

  /** The first probe of an attempt: decides whether the agent gets it. */
  async dispatch(hiring: Hiring): Promise<void> {
    const agent = this.#agents.byId(hiring.agentId);
    const { dispatchId } = hiring;
    if (agent === undefined) return;
    const probe = await this.probe(agent);
    if (this.#closing.signal.aborted) return;
    if (probe.answered) this.#hirings.start(hiring, dispatchId, probe.via);
    else this.#hirings.lose(hiring, dispatchId, `Agent unavailable: ${probe.reason}`);
  }

  close(): void {
    this.#closing.abort();
    for (const cancel of this.#watches.values()) cancel();
    this.#watches.clear();
  }

  #onChange({ kind, hiring }: HiringEvent): void {
    if (kind !== 'status') return;
    this.#watches.get(hiring.id)?.();
    this.#watches.delete(hiring.id);
    // The hirer's answer goes out first: the probe is asynchronous in this epoch.
    if (hiring.status === 'queued') setImmediate(() => void this.dispatch(hiring));
    if (hiring.status === 'in_progress') this.#watch(hiring, hiring.dispatchId, 0);
  }

  #watch(hiring: Hiring, dispatchId: string, misses: number): void {
    const intervalMs = this.#switches.of(hiring.agentId).ping_interval_s * 1_000;
    if (intervalMs === 0) return;
    const cancel = this.#clock.after(intervalMs, () => void this.#recheck(hiring, dispatchId, misses));
    this.#watches.set(hiring.id, cancel);
  }

  async #recheck(hiring: Hiring, dispatchId: string, misses: number): Promise<void> {
    const agent = this.#agents.byId(hiring.agentId);
    if (agent === undefined) return;
    const probe = await this.probe(agent);
    const stillRunning = hiring.status === 'in_progress' && hiring.dispatchId === dispatchId;
    if (!stillRunning || this.#closing.signal.aborted) return;
    const missed = probe.answered ? 0 : misses + 1;
    if (!probe.answered && missed >= this.#switches.of(agent.id).ping_misses) {
      this.#hirings.lose(hiring, dispatchId, `Agent lost: ${missed} health checks in a row without answer`);
    } else {
      this.#watch(hiring, dispatchId, missed);
    }
  }

  async #probe(agent: Agent): Promise<Probe> {
    const missed: string[] = [];
    const sessions = this.#sessions.liveOf(agent.id);
    if (sessions.length === 0) missed.push('no live MCP session');
    else if (await anyOf(sessions.map((session) => session.ping(pingBudgetMs))))
      return this.#seen(agent, 'mcp');
    else missed.push('no answer to ping');

    const callbackUrl = agent.metadata['callback_url'];
    if (typeof callbackUrl !== 'string') missed.push('no callback_url');
    else {
      const missing = await this.#head(callbackUrl, agent);
      if (missing === undefined) return this.#seen(agent, 'head');
      missed.push(missing);
    }
    return { answered: false, reason: missed.join(', ') };
  }

  #seen(agent: Agent, via: 'mcp' | 'head'): Probe {
    this.#agents.seen(agent);
    return { answered: true, via };
  }

  /** What was wrong with the answer to `HEAD`; `undefined` if it was a 2xx. Credentials go with it only by a switch. */
  async #head(callbackUrl: string, agent: Agent): Promise<string | undefined> {
    const budget = new AbortController();
    const cancel = this.#clock.after(headBudgetMs, () => budget.abort());
    try {
      const signal = AbortSignal.any([budget.signal, this.#closing.signal]);
      const headers = this.#switches.of(agent.id).head_probe_sends_auth ? callbackHeader(agent) : {};
      const response = await fetch(callbackUrl, { method: 'HEAD', headers, redirect: 'manual', signal });
      return response.ok ? undefined : `HEAD on callback_url answered ${response.status}`;
    } catch {
      return 'no answer to HEAD on callback_url';
    } finally {
      cancel();
    }
  }
}

/** True as soon as one is true; false when none is. */
async function anyOf(attempts: Promise<boolean>[]): Promise<boolean> {
  try {
    return await Promise.any(
      attempts.map(async (attempt) => {
        if (!(await attempt)) throw new Error('no answer');
        return true;
      }),
    );
  } catch {
    return false;
  }
}
