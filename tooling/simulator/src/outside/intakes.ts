import type { AgentId, ReceivedDelivery, Hiring, HiringId, Intake } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import type { SimulatedProcess } from '../simulated-process.ts';
import type { FakeMarketplace } from './marketplace.ts';

/** Waits of a sender of webhooks, in seconds; then it gives up. */
const RETRIES_S = [1, 2, 5, 10, 30, 60];

/** Carries what the marketplace says to a process, as often as it takes, and knows what was acknowledged. */
export class Intakes {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #marketplace: FakeMarketplace;
  readonly #processes: () => readonly SimulatedProcess[];
  /** The newest attempt of each hiring of which an acknowledged delivery spoke. */
  readonly acknowledged = new Map<HiringId, number>();
  #underWay = 0;

  constructor(
    stage: Stage,
    prng: Prng,
    marketplace: FakeMarketplace,
    processes: () => readonly SimulatedProcess[],
  ) {
    this.#stage = stage;
    this.#prng = prng;
    this.#marketplace = marketplace;
    this.#processes = processes;
  }

  get busy(): boolean {
    return this.#underWay > 0;
  }

  /** Tells of a hiring on one intake after a wait; a webhook is sent again until it is acknowledged. */
  deliver(intake: Intake, agentId: AgentId, hiring: Hiring, waitMs: number): void {
    this.#underWay += 1;
    this.#stage.timeline.after(waitMs, () => {
      this.#underWay -= 1;
      this.#attempt(intake, agentId, [hiring], intake === 'webhook' ? RETRIES_S : []);
    });
  }

  /** Reads the list of all active hirings, and hears each of them. */
  sweep(intake: 'mcp' | 'poll'): void {
    const active = [...this.#marketplace.listings.values()].filter(
      (listing) => this.#marketplace.isActive(listing) || listing.status === 'queued',
    );
    const byAgent = Map.groupBy(active, ({ agentId }) => agentId);
    for (const [agentId, listings] of byAgent) {
      const hirings = listings.map((listing) => this.#marketplace.show(listing));
      this.#attempt(intake, agentId, hirings, []);
    }
  }

  /** A document that no hiring can be read from. */
  deliverMalformed(agentId: AgentId, hiringId: HiringId | undefined): void {
    const parsed = { kind: 'malformed', hiringId, problem: 'no status' } as const;
    const atMs = this.#stage.timeline.nowMs + this.#stage.skewMs;
    this.#ingest([{ intake: 'webhook', agentId, atMs, parsed, raw: '{"hiring":' }], () => undefined);
  }

  #attempt(intake: Intake, agentId: AgentId, hirings: readonly Hiring[], retries: readonly number[]): void {
    const atMs = this.#stage.timeline.nowMs + this.#stage.skewMs;
    const received = hirings.map((hiring): ReceivedDelivery => {
      // As on the wire: only here the token is unencrypted.
      const raw = JSON.stringify({ ...hiring, repoToken: hiring.repoToken?.reveal() });
      return { intake, agentId, atMs, parsed: { kind: 'hiring', hiring }, raw };
    });
    // What a delivery obliges to is what the marketplace had when it was made.
    const attempts = hirings.map(({ hiringId }) => this.#marketplace.listings.get(hiringId)?.traceAttempt);
    let answered = false;
    this.#ingest(received, () => {
      answered = true;
      for (const [index, { hiringId }] of hirings.entries()) {
        const known = this.acknowledged.get(hiringId) ?? 0;
        const attempt = attempts[index];
        if (attempt !== undefined) this.acknowledged.set(hiringId, Math.max(known, attempt));
      }
    });
    const [wait, ...others] = retries;
    if (wait === undefined) return;
    this.#underWay += 1;
    this.#stage.timeline.after(wait * 1000, () => {
      this.#underWay -= 1;
      if (!answered) this.#attempt(intake, agentId, hirings, others);
    });
  }

  #ingest(received: readonly ReceivedDelivery[], onAcknowledged: () => void): void {
    const up = this.#processes().filter((process) => process.alive);
    const process = up[this.#prng.between(0, Math.max(0, up.length - 1))];
    process?.ingest(received, onAcknowledged);
  }
}
