import type {
  AgentId,
  Artifact,
  ArtifactDigest,
  ArtifactList,
  HirerMessage,
  Hiring,
  HiringId,
  HiringMessage,
  HiringRead,
  Marketplace,
  ReadPurpose,
  SettleOutcome,
  Settlement,
  MessageOutcome,
  UploadOutcome,
} from '@agrenting-hiclaw/core/domain';
import { PLANTED, type Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import { OutsideClock } from './outside-clock.ts';
import { RequestLimit } from './request-limit.ts';
import type { SettlementAnswer } from './settlement-answers.ts';
import type { BadAnswer, Fault, OutageSchedule } from './outages.ts';

export type Status =
  | 'queued'
  | 'paid'
  | 'in_progress'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'disputed'
  | 'refunded';

interface Snapshot {
  readonly atMs: number;
  readonly status: Status;
  readonly traceAttempt: number;
}

/** A hiring as the marketplace has it. */
export interface Listing {
  readonly agentId: AgentId;
  readonly hiring: Hiring;
  status: Status;
  traceAttempt: number;
  /** How often its money moved after its end, or will. */
  disputes: number;
  readonly past: Snapshot[];
  /** What was said about it. */
  readonly messages: HiringMessage[];
  /** Files by their ids. */
  readonly artifacts: Map<string, StoredFile>;
  /** Ids by what was uploaded at once. */
  readonly batches: Map<string, readonly string[]>;
}

type StoredFile = Pick<Artifact, 'name' | 'sizeBytes' | 'sha256'>;

/** A file that was stored. */
export interface Upload {
  readonly id: string;
  readonly hiringId: HiringId;
  readonly traceAttempt: number;
  readonly name: string;
  readonly sha256: string;
  /** From when on it is listed. */
  readonly listedAtMs: number;
}

/** A settlement that took effect. */
export interface Applied {
  readonly hiringId: HiringId;
  readonly traceAttempt: number;
  readonly settlement: Settlement;
}

/** What is recorded of each settlement that arrives, before anything comes of it. */
export interface Arrival {
  readonly process: string;
  readonly listing: Listing | undefined;
  readonly hiringId: HiringId;
  readonly settlement: Settlement;
  /** What this process was shown of the hiring, oldest first. */
  readonly shown: readonly Snapshot[];
  /** True when it takes effect. */
  readonly applies: boolean;
}

/** What a fault makes of a request. */
type Struck =
  | { readonly kind: 'unknown' | 'over' | 'unauthorized' | 'refused'; readonly problem: string }
  | { readonly kind: 'later'; readonly problem: string; readonly retryAfterMs: number | undefined };

/** The part of its requests that a read leaves to others, by what it is for. */
const LEFT_TO_OTHERS: Readonly<Record<ReadPurpose | 'usual', number>> = {
  settling: 0,
  new: 0.2,
  usual: 0.4,
  every_source: 0.4,
  unconfirmed: 0.6,
  ended: 0.6,
};

const LIMITED = `${PLANTED}: no requests are left`;
/**
 * A step that stood still may send after a later step of its process has read and sent, under the same key: so many reads
 * are kept for it.
 */
const MAX_UNUSED_READS = 2;

/** What is waited where a limit does not say how long. */
const UNTOLD_MS = 60_000;
const ACTIVE: ReadonlySet<Status> = new Set(['paid', 'in_progress']);
/** How far behind a read may be. */
const MAX_LAG_MS = 8000;

/** Of some hirings no larger upload is taken, and of a few next to nothing: told by the id, so that no dice fall otherwise. */
function takesBytes(hiringId: HiringId): number {
  const number = Number.parseInt(hiringId.slice(-4), 16);
  if (number % 16 === 5) return LEAST_BYTES;
  return number % 4 === 1 ? FEW_BYTES : Infinity;
}

/** Files of some hirings are listed late, and are given no ids before. */
function listLagMs(hiringId: HiringId): number {
  const number = Number.parseInt(hiringId.slice(-4), 16);
  return number % 8 === 3 ? (number % 5) * LAG_STEP_MS : 0;
}

const LAG_STEP_MS = 300_000;
/** A proxy in front of it answers with so much. */
const PAGE_BYTES = 100;

/** As much as a file or two of simulated workers, and less than most of them. */
const FEW_BYTES = 70;
const LEAST_BYTES = 20;

/** A marketplace that keeps what it gets and serves it back. */
export class FakeMarketplace {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #outageSchedule: OutageSchedule;
  readonly #answered = new Map<string, string>();
  readonly #shown = new Map<string, Snapshot[]>();
  /** Reads of a hiring by a process that no settlement has followed. */
  readonly #unusedReads = new Map<string, number>();
  /** How often in a row a process was told that a way is closed. */
  readonly #closed = new Map<string, number>();
  readonly #limit: RequestLimit;
  /** From when on each artifact is listed. */
  readonly #listedAtMs = new Map<string, number>();
  readonly listings = new Map<HiringId, Listing>();
  readonly clock: OutsideClock;
  readonly applied: Applied[] = [];
  onArrival: (arrival: Arrival) => void = () => undefined;
  /** Told of each settlement that is sent, and whether its process has read the hiring since it last sent one. */
  onSend: (process: string, hiringId: HiringId, hasRead: boolean) => void = () => undefined;
  /** Told of each file that is stored, and of what it was sent with. */
  onUpload: (upload: Upload, batch: readonly Artifact[]) => void = () => undefined;
  onStatus: (listing: Listing) => void = () => undefined;
  /** Told of what is said to a hirer. */
  onMessage: (hiringId: HiringId, message: HirerMessage) => void = () => undefined;

  constructor(stage: Stage, prng: Prng, outageSchedule: OutageSchedule) {
    this.#stage = stage;
    this.#prng = prng;
    this.#outageSchedule = outageSchedule;
    this.clock = new OutsideClock(stage, stage.scenario.clocksAheadMs.marketplace);
    this.#limit = new RequestLimit(stage);
  }

  hire(agentId: AgentId, hiring: Hiring, status: Status): Listing {
    const listing: Listing = {
      agentId,
      hiring,
      status,
      traceAttempt: 1,
      disputes: 0,
      past: [],
      messages: [],
      artifacts: new Map(),
      batches: new Map(),
    };
    this.listings.set(hiring.hiringId, listing);
    this.#remember(listing);
    if (this.#prng.chance(0.3)) this.#say(listing);
    return listing;
  }

  setStatus(listing: Listing, status: Status): void {
    if (listing.status === status) return;
    listing.status = status;
    this.#remember(listing);
    this.#stage.trace.note(
      `marketplace ${listing.hiring.hiringId.slice(-4)} is ${status} (${listing.traceAttempt})`,
    );
    this.onStatus(listing);
  }

  retry(listing: Listing): void {
    listing.traceAttempt += 1;
    this.setStatus(listing, 'in_progress');
  }

  isActive(listing: Listing): boolean {
    return ACTIVE.has(listing.status);
  }

  /** The hiring as a read or a list shows it. */
  show(listing: Listing, snapshot: Pick<Snapshot, 'status' | 'traceAttempt'> = listing): Hiring {
    const { hiring } = listing;
    const marker = {
      traceAttempt: snapshot.traceAttempt,
      dispatchId: `dispatch-${hiring.hiringId}-${snapshot.traceAttempt}`,
    };
    return { ...hiring, status: snapshot.status, marker, messages: [...listing.messages] };
  }

  /** The marketplace as one process sees it. */
  seenBy(process: string): Marketplace {
    return {
      readHiring: async (agentId, hiringId, ask) => this.#read(process, agentId, hiringId, ask),
      settle: async (agentId, hiringId, settlement) => {
        this.onSend(process, hiringId, this.#takeRead(`${process} ${hiringId}`));
        const retryAfterMs = this.#limit.take(agentId);
        if (retryAfterMs > 0) return { kind: 'later', problem: LIMITED, retryAfterMs };
        return this.#settle(process, hiringId, settlement);
      },
      upload: async (agentId, hiringId, artifacts) => {
        const retryAfterMs = this.#limit.take(agentId);
        if (retryAfterMs > 0) return { kind: 'later', problem: LIMITED, retryAfterMs };
        return this.#upload(hiringId, artifacts);
      },
      artifacts: async (agentId, hiringId) =>
        this.#limit.take(agentId) > 0 ? { kind: 'unavailable', problem: LIMITED } : this.#artifacts(hiringId),
      artifactDigest: async (agentId, hiringId, artifactId, maxBytes) =>
        this.#limit.take(agentId) > 0
          ? { kind: 'unavailable', problem: LIMITED }
          : this.#digest(hiringId, artifactId, maxBytes),
      context: async () => undefined,
      sendMessage: async (agentId, hiringId, message) =>
        this.#limit.take(agentId) > 0
          ? { kind: 'not_delivered', problem: LIMITED }
          : this.#sendMessage(hiringId, message),
    };
  }

  #read(
    process: string,
    agentId: AgentId,
    hiringId: HiringId,
    ask: ReadPurpose | 'usual' = 'usual',
  ): HiringRead {
    const retryAfterMs = this.#limit.take(agentId, LEFT_TO_OTHERS[ask]);
    if (retryAfterMs > 0) return { kind: 'unavailable', problem: LIMITED, retryAfterMs };
    const fault = this.#outageSchedule.strikes(
      'marketplace',
      this.#stage.scenario.rates.readFails,
      this.#prng,
    );
    if (fault !== undefined) return this.#readFault(fault);
    this.clock.answers();
    const listing = this.listings.get(hiringId);
    if (listing === undefined || listing.agentId !== agentId) return { kind: 'absent' };
    const snapshot = this.#snapshot(listing);
    const shown = this.#shown.get(`${process} ${hiringId}`) ?? [];
    shown.push({ ...snapshot, atMs: this.#stage.timeline.nowMs });
    this.#shown.set(`${process} ${hiringId}`, shown);
    const unused = this.#unusedReads.get(`${process} ${hiringId}`) ?? 0;
    this.#unusedReads.set(`${process} ${hiringId}`, Math.min(unused + 1, MAX_UNUSED_READS));
    return { kind: 'found', hiring: this.show(listing, snapshot), source: this.#prng.pick('rest', 'mcp') };
  }

  /** Whether a read of its own stands before a send. */
  #takeRead(reader: string): boolean {
    const unused = this.#unusedReads.get(reader) ?? 0;
    this.#unusedReads.set(reader, Math.max(0, unused - 1));
    return unused > 0;
  }

  #readFault({ answer }: Fault): Exclude<HiringRead, { kind: 'found' }> {
    const problem = `${PLANTED}: ${answer} to a read`;
    switch (answer) {
      case 'limited':
        return { kind: 'unavailable', problem, retryAfterMs: this.#oddWaitMs() };
      case 'server error':
      case 'unavailable':
      case 'limited, untold':
      case 'reset':
      case 'timeout':
      case 'login page':
      case 'unauthorized':
        return { kind: 'unavailable', problem };
      case 'other JSON':
        // It has a date like any other, which is that of somebody else.
        this.clock.answers(this.#stage.scenario.foreignAheadMs);
        return { kind: 'malformed', problem, evidence: '{"status":"ok"}' };
      case 'empty':
      case 'portal':
        return { kind: 'malformed', problem, evidence: '{}' };
      case 'forbidden':
        return { kind: 'unauthorized', problem };
    }
  }

  /** The adapter bounds what servers ask for to ten minutes. */
  #oddWaitMs(): number | undefined {
    return this.#prng.pick(undefined, 0, 1, 1500, 30_000, 600_000);
  }

  #snapshot(listing: Listing): Snapshot {
    const { faulty, scenario, timeline } = this.#stage;
    const newest = { atMs: timeline.nowMs, status: listing.status, traceAttempt: listing.traceAttempt };
    if (!faulty || !this.#prng.chance(scenario.rates.readStale)) return newest;
    const asOfMs = timeline.nowMs - this.#prng.between(0, MAX_LAG_MS);
    return listing.past.findLast((snapshot) => snapshot.atMs <= asOfMs) ?? newest;
  }

  #settle(process: string, hiringId: HiringId, settlement: Settlement): SettleOutcome {
    const apply = (): SettleOutcome => this.#apply(process, hiringId, settlement);
    const answer = this.#outageSchedule.settlements();
    if (answer !== undefined) return this.#answerWith(answer, `${process} ${hiringId}`, apply);
    const { settleFails } = this.#stage.scenario.rates;
    const fault = this.#outageSchedule.strikes('marketplace', settleFails, this.#prng);
    if (fault?.answer === 'login page') return this.#answerWith('no way', `${process} ${hiringId}`, apply);
    if (fault?.answer === 'empty' || fault?.answer === 'other JSON') {
      if (fault.applied) apply();
      return { kind: 'unconfirmed', problem: `${PLANTED}: ${fault.answer} to a settlement` };
    }
    return this.#struck(fault, 'settlement', apply);
  }

  /** What takes the place of the answer, where not even an effect is sure. */
  #answerWith(answer: SettlementAnswer, whose: string, effect: () => SettleOutcome): SettleOutcome {
    const problem = `${PLANTED}: ${answer}`;
    switch (answer) {
      case 'lost':
        if (this.#prng.chance(0.1)) effect();
        return { kind: 'unknown', problem };
      case 'success of another':
        if (this.#prng.chance(0.1)) effect();
        return { kind: 'unconfirmed', problem };
      case 'queued':
        // Most come to their turn, some of them after long, and some are forgotten.
        if (this.#prng.chance(0.8)) {
          this.#stage.timeline.after(this.#prng.between(1, 1800) * 1000, () => void effect());
        }
        return { kind: 'queued', problem };
      case 'no way': {
        // One way after the other is found closed.
        const closed = (this.#closed.get(whose) ?? 0) + 1;
        this.#closed.set(whose, closed);
        return closed % 2 === 1
          ? { kind: 'other_way', problem }
          : { kind: 'later', problem, retryAfterMs: this.#prng.between(1, 600) * 1000 };
      }
      case 'later':
        return { kind: 'later', problem, retryAfterMs: this.#oddWaitMs() };
      case 'refused':
      case 'unauthorized':
      case 'over':
        return { kind: answer, problem };
    }
  }

  /** What has an effect, and what may become of it and of its answer. */
  #struck<Outcome>(fault: Fault | undefined, what: string, effect: () => Outcome): Outcome | Struck {
    const { faulty, scenario } = this.#stage;
    if (fault === undefined) {
      const isPending = faulty && this.#prng.chance(scenario.rates.settleFails / 8);
      return isPending ? { kind: 'over', problem: `${PLANTED}: ${what}` } : effect();
    }
    if (fault.applied) effect();
    return this.#struckBy(fault.answer, `${PLANTED}: ${fault.answer} to a ${what}`);
  }

  #struckBy(answer: BadAnswer, problem: string): Struck {
    switch (answer) {
      case 'server error':
      case 'reset':
      case 'timeout':
      case 'empty':
      case 'portal':
      case 'other JSON':
        return { kind: 'unknown', problem };
      case 'unavailable':
      case 'limited':
      case 'login page':
        return { kind: 'later', problem, retryAfterMs: this.#oddWaitMs() };
      case 'limited, untold':
        return { kind: 'later', problem, retryAfterMs: UNTOLD_MS };
      case 'unauthorized':
      case 'forbidden':
        return this.#prng.chance(0.1) ? { kind: 'refused', problem } : { kind: 'unauthorized', problem };
    }
  }

  #apply(process: string, hiringId: HiringId, settlement: Settlement): SettleOutcome {
    const listing = this.listings.get(hiringId);
    const known = this.#answered.get(settlement.idempotencyKey);
    const applies = known === undefined && listing?.status === 'in_progress';
    const shown = this.#shown.get(`${process} ${hiringId}`) ?? [];
    this.onArrival({ process, listing, hiringId, settlement, shown, applies });
    if (known !== undefined) {
      return known === settlement.body ? { kind: 'accepted' } : { kind: 'refused', problem: 'mismatch' };
    }
    if (listing === undefined || listing.status !== 'in_progress')
      return { kind: 'over', problem: 'it is over' };
    this.#answered.set(settlement.idempotencyKey, settlement.body);
    this.applied.push({ hiringId, traceAttempt: listing.traceAttempt, settlement });
    this.setStatus(listing, settlement.endpoint === 'result' ? 'completed' : 'failed');
    return { kind: 'accepted' };
  }

  /** Whether it has ways of its own with files; where nothing is to be in the way of a hiring it has none. */
  get #isOdd(): boolean {
    return this.#stage.scenario.rates.settleFails > 0;
  }

  #upload(hiringId: HiringId, artifacts: readonly Artifact[]): UploadOutcome {
    const bytes = artifacts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (this.#isOdd && bytes > takesBytes(hiringId)) {
      this.#stage.trace.note(`marketplace ${hiringId.slice(-4)} refuses an upload of ${bytes} bytes`);
      return { kind: 'too_large', problem: `${PLANTED}: 413` };
    }
    const fault = this.#outageSchedule.strikes(
      'marketplace',
      this.#stage.scenario.rates.settleFails,
      this.#prng,
    );
    return this.#struck(fault, 'upload', () => this.#store(hiringId, artifacts));
  }

  /** The same batch under the same key is stored once. */
  #store(hiringId: HiringId, artifacts: readonly Artifact[]): UploadOutcome {
    const listing = this.listings.get(hiringId);
    if (listing?.status !== 'in_progress') return { kind: 'over', problem: 'it is over' };
    const { batches, traceAttempt } = listing;
    const key = artifacts.map(({ name, sha256 }) => `${name} ${sha256}`).join('\n');
    const lagMs = this.#isOdd ? listLagMs(hiringId) : 0;
    const known = batches.get(key);
    if (known !== undefined) return { kind: 'uploaded', ids: lagMs > 0 ? known.map(() => undefined) : known };
    const listedAtMs = this.#stage.timeline.nowMs + lagMs;
    const ids = artifacts.map(({ name, sizeBytes, sha256 }) => {
      const id = `artifact-${hiringId.slice(-4)}-${listing.artifacts.size + 1}`;
      listing.artifacts.set(id, { name, sizeBytes, sha256 });
      this.#listedAtMs.set(id, listedAtMs);
      this.onUpload({ id, hiringId, traceAttempt, name, sha256, listedAtMs }, artifacts);
      return id;
    });
    batches.set(key, ids);
    const namesNone = this.#prng.chance(0.1) || lagMs > 0;
    return { kind: 'uploaded', ids: namesNone ? ids.map(() => undefined) : ids };
  }

  #artifacts(hiringId: HiringId): ArtifactList {
    const fault = this.#outageSchedule.strikes(
      'marketplace',
      this.#stage.scenario.rates.readFails,
      this.#prng,
    );
    if (fault !== undefined) return { kind: 'unavailable', problem: `${PLANTED}: ${fault.answer} to a list` };
    const artifacts = [...(this.listings.get(hiringId)?.artifacts ?? [])]
      .filter(([id]) => (this.#listedAtMs.get(id) ?? 0) <= this.#stage.timeline.nowMs)
      .map(([id, { name, sizeBytes }]) => ({ id, name, sizeBytes }));
    return { kind: 'artifacts', artifacts };
  }

  #digest(hiringId: HiringId, artifactId: string, maxBytes: number): ArtifactDigest {
    const fault = this.#outageSchedule.strikes(
      'marketplace',
      this.#stage.scenario.rates.readFails,
      this.#prng,
    );
    const stored = this.listings.get(hiringId)?.artifacts.get(artifactId);
    switch (fault?.answer) {
      case undefined:
        if (stored === undefined) return { kind: 'absent', problem: `there is no ${artifactId}` };
        if (stored.sizeBytes > maxBytes) return { kind: 'too_large' };
        return { kind: 'digest', sizeBytes: stored.sizeBytes, sha256: stored.sha256 };
      case 'empty':
        return { kind: 'digest', sizeBytes: 0, sha256: 'of nothing' };
      case 'portal':
      case 'login page':
      case 'other JSON':
        // A page instead of the bytes, some of them larger than what was asked for.
        return maxBytes < PAGE_BYTES
          ? { kind: 'too_large' }
          : { kind: 'digest', sizeBytes: PAGE_BYTES, sha256: 'of a page' };
      case 'limited':
        return {
          kind: 'unavailable',
          problem: `${PLANTED}: limited to a download`,
          retryAfterMs: this.#oddWaitMs(),
        };
      case 'server error':
      case 'unavailable':
      case 'limited, untold':
      case 'reset':
      case 'timeout':
      case 'unauthorized':
      case 'forbidden':
        return { kind: 'unavailable', problem: `${PLANTED}: ${fault?.answer} to a download` };
    }
  }

  #sendMessage(hiringId: HiringId, message: HirerMessage): MessageOutcome {
    const fault = this.#outageSchedule.strikes(
      'marketplace',
      this.#stage.scenario.rates.settleFails,
      this.#prng,
    );
    if (fault === undefined || fault.applied) this.onMessage(hiringId, message);
    return fault === undefined
      ? { kind: 'delivered' }
      : { kind: 'not_delivered', problem: `${PLANTED}: ${fault.answer} to a message` };
  }

  /** The hirer has something to say now, and again later. */
  #say(listing: Listing): void {
    const number = listing.messages.length + 1;
    const kind = this.#prng.pick('message', 'answer');
    listing.messages.push({ id: `message-${number}`, kind, fromHirer: true, text: `${number}: /stop it` });
    if (number < 3) {
      this.#stage.timeline.after(this.#prng.between(10, 600) * 1000, () => this.#say(listing));
    }
  }

  #remember(listing: Listing): void {
    const { status, traceAttempt } = listing;
    listing.past.push({ atMs: this.#stage.timeline.nowMs, status, traceAttempt });
  }
}
