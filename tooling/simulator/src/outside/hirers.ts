import {
  agentIdSchema,
  hiringIdSchema,
  Secret,
  type AgentId,
  type Hiring,
  type Intake,
} from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import type { Intakes } from './intakes.ts';
import type { FakeMarketplace, Listing, Status } from './marketplace.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MAX_RETRIES = 2;
/** How often the money of one hiring moves after its end. */
const MAX_DISPUTES = 4;

/** What must never be seen where secrets do not belong. */
export const CANARY = 'ghp_canary';

/** People who hire, and what they do after it; and some who only pretend to. */
export class Hirers {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #marketplace: FakeMarketplace;
  readonly #intakes: Intakes;
  readonly forged = new Set<string>();
  #planned = 0;
  #hired = 0;

  constructor(stage: Stage, prng: Prng, marketplace: FakeMarketplace, intakes: Intakes) {
    this.#stage = stage;
    this.#prng = prng;
    this.#marketplace = marketplace;
    this.#intakes = intakes;
    marketplace.onStatus = (listing) => {
      this.#considerRetry(listing);
      this.#considerDispute(listing);
    };
  }

  /** True while somebody will do something by themselves. */
  get busy(): boolean {
    return this.#planned > 0;
  }

  begin(): void {
    const { hirings, forgeries, chaosMs } = this.#stage.scenario;
    for (let count = 0; count < hirings; count += 1) {
      const hiring = this.#drawHiring();
      this.#later(this.#prng.chance(0.4) ? 0 : this.#prng.between(0, chaosMs / 2), () => this.#hire(hiring));
    }
    for (let count = 0; count < forgeries; count += 1) {
      const hiring = this.#drawHiring();
      this.forged.add(hiring.hiringId);
      this.#later(this.#prng.between(0, chaosMs), () => this.#deliverOften(hiring, ['webhook']));
    }
    if (this.#prng.chance(0.2)) {
      const id = this.#prng.chance(0.5) ? this.#drawHiring().hiringId : undefined;
      this.#later(this.#prng.between(0, chaosMs), () => this.#intakes.deliverMalformed(this.#agent(0), id));
    }
  }

  #hire(hiring: Hiring): void {
    const agentId = this.#agentOf(hiring);
    // Some news is faster than what it tells of.
    const early = this.#prng.chance(0.05) ? this.#prng.between(1, 20) * SECOND : 0;
    const cancelled = this.#prng.chance(0.04);
    this.#later(early, () => {
      const status = this.#prng.pick<Status>('in_progress', 'in_progress', 'in_progress', 'paid', 'queued');
      const listing = this.#marketplace.hire(agentId, hiring, cancelled ? 'cancelled' : status);
      if (!cancelled) this.#live(listing);
      this.#deliverOften(this.#marketplace.show(listing), this.#channels());
    });
    if (early > 0) this.#deliverOften(hiring, ['webhook']);
  }

  /** What its hirer and the marketplace do with a hiring by themselves. */
  #live(listing: Listing): void {
    if (listing.status === 'queued') {
      this.#transition(listing, 'queued', 'paid', this.#prng.between(1, 120));
      this.#transition(listing, 'paid', 'in_progress', this.#prng.between(121, 200));
    }
    if (listing.status === 'paid')
      this.#transition(listing, 'paid', 'in_progress', this.#prng.between(1, 120));
    if (this.#prng.chance(0.2))
      this.#end(listing, this.#prng.pick<Status>('cancelled', 'refunded', 'failed', 'failed'));
    if (this.#prng.chance(0.07)) this.#end(listing, 'disputed');
    if (this.#prng.chance(0.04)) this.#end(listing, 'completed');
  }

  #end(listing: Listing, status: Status): void {
    this.#later(this.#prng.between(0, 8 * 60) * SECOND, () => {
      if (this.#marketplace.isActive(listing)) this.#marketplace.setStatus(listing, status);
    });
  }

  #transition(listing: Listing, from: Status, to: Status, waitS: number): void {
    this.#later(waitS * SECOND, () => {
      if (listing.status === from) this.#marketplace.setStatus(listing, to);
    });
  }

  #considerRetry(listing: Listing): void {
    if (listing.status !== 'failed' || listing.traceAttempt > MAX_RETRIES || !this.#prng.chance(0.5)) return;
    this.#later(this.#prng.chance(0.3) ? 1 : this.#prng.between(1, 120) * SECOND, () => {
      if (listing.status !== 'failed') return;
      this.#marketplace.retry(listing);
      if (this.#stage.faulty) this.#live(listing);
      this.#deliverOften(this.#marketplace.show(listing), this.#channels());
    });
  }

  /** Some want their money back when they have the work, and some get it; some are paid for after all. */
  #considerDispute(listing: Listing): void {
    const { disputes } = this.#stage.scenario;
    if (!disputes || listing.disputes >= MAX_DISPUTES) return;
    const waitMs = this.#prng.between(5, 15 * 60) * SECOND;
    const next = this.#nextOfMoney(listing);
    if (next !== undefined) this.#moveMoney(listing, next, waitMs);
  }

  #nextOfMoney({ status }: Listing): Status | undefined {
    const prng = this.#prng;
    if (status === 'completed') return prng.chance(0.6) ? prng.pick('disputed', 'refunded') : undefined;
    if (status === 'refunded') return prng.chance(0.2) ? 'completed' : undefined;
    if (status !== 'disputed' || !prng.chance(0.8)) return undefined;
    return prng.pick('completed', 'refunded', 'cancelled');
  }

  /** The money of what has ended moves, of which there is hardly any notification. */
  #moveMoney(listing: Listing, to: Status, waitMs: number): void {
    const { status, traceAttempt } = listing;
    listing.disputes += 1;
    this.#later(waitMs, () => {
      if (listing.status !== status || listing.traceAttempt !== traceAttempt) return;
      this.#marketplace.setStatus(listing, to);
      if (this.#prng.chance(0.3)) this.#deliverOften(this.#marketplace.show(listing), this.#channels());
    });
  }

  #channels(): readonly Intake[] {
    return this.#prng.pick<readonly Intake[]>(
      ['webhook'],
      ['mcp'],
      ['mcp', 'webhook'],
      ['webhook', 'mcp', 'poll'],
    );
  }

  /** News come again and again, in any order, and not always with the same words. */
  #deliverOften(hiring: Hiring, channels: readonly Intake[]): void {
    const agentId = this.#agentOf(hiring);
    for (const channel of channels) {
      const times = this.#prng.chance(0.7) ? 1 : this.#prng.between(2, 5);
      for (let time = 0; time < times; time += 1) {
        const waitMs = this.#prng.chance(0.6)
          ? this.#prng.between(0, 2000)
          : this.#prng.between(0, 5 * MINUTE);
        const told = this.#prng.chance(0.1)
          ? { ...hiring, description: 'Other words', price: '1e309' }
          : hiring;
        this.#intakes.deliver(channel, agentId, told, waitMs);
      }
    }
  }

  #drawHiring(): Hiring {
    this.#hired += 1;
    const { seed } = this.#stage.scenario;
    const digits = (seed * 16 + this.#hired).toString(16).padStart(12, '0').slice(-12);
    const mode = this.#prng.next();
    const repository = { repoUrl: 'https://git.example/a/b', repoToken: new Secret(`${CANARY}_${digits}`) };
    return {
      hiringId: hiringIdSchema.parse(`550e8400-e29b-41d4-a716-${digits}`),
      agentId: this.#agent(this.#prng.between(0, this.#stage.scenario.agents - 1)),
      status: 'in_progress',
      marker: {},
      description: mode > 0.97 ? ' ' : 'Write a haiku about the sea in autumn',
      deliveryMode: mode < this.#pushes ? 'push' : mode < this.#pushes + 0.02 ? 'unclear' : 'output',
      deliveryStated: true,
      price: '10.00',
      ...(mode < 0.3 ? repository : {}),
      deadlineAtMs: this.#drawDeadline(),
      // Some forms leave it out, and then nobody knows how old the hiring is.
      createdAtMs: this.#prng.chance(0.9) ? this.#marketplace.clock.nowMs : undefined,
      extras: {},
      problems: [],
    };
  }

  /** Which part of the hirings is to be pushed to a repository. */
  get #pushes(): number {
    return this.#stage.scenario.git ? 0.25 : 0.03;
  }

  #drawDeadline(): number | undefined {
    const { nowMs } = this.#marketplace.clock;
    const inMinutes = this.#prng.pick(
      undefined,
      -1,
      this.#prng.between(1, 6),
      this.#prng.between(8, 30),
      this.#prng.between(8, 60),
    );
    return inMinutes === undefined ? undefined : nowMs + inMinutes * MINUTE;
  }

  #agent(index: number): AgentId {
    return agentIdSchema.parse(`4816cd2a-e54a-4e6b-8fa1-00000000000${index}`);
  }

  #agentOf(hiring: Hiring): AgentId {
    return hiring.agentId ?? this.#agent(0);
  }

  #later(waitMs: number, run: () => void): void {
    this.#planned += 1;
    this.#stage.timeline.after(waitMs, () => {
      this.#planned -= 1;
      run();
    });
  }
}
