import type { AttentionCode } from '../attention/attention-reason.ts';
import type { MoneyEvent, MoneyStanding } from '../money/ended-money.ts';
import type { AttemptMarker, Hiring, ParsedHiring } from '../hiring/hiring.ts';
import type { AttemptProgress, Attention, HiringRecord, StepFailure } from '../hiring/hiring-record.ts';
import type { Intake } from '../hiring/intake.ts';
import type { AgentId, HiringId, TaskId } from '../hiring/ids.ts';
import type { Settlement } from '../hiring/settlement.ts';
import type { Event, State } from '../hiring/states.ts';
import type { WorkerTask } from '../workers/worker.ts';

/** Something an intake heard. */
export interface ReceivedDelivery {
  readonly intake: Intake;
  /** Whose session, webhook or poll it came by. */
  readonly agentId: AgentId;
  readonly atMs: number;
  readonly parsed: ParsedHiring | OtherDelivery;
  /** The document as it came; kept encrypted, because it may hold a repository token. */
  readonly raw: string;
}

/** A delivery that is not a hiring: another event type, or a test request. */
export interface OtherDelivery {
  readonly kind: 'other';
  /** What it is, in our words or by a name of at most 100 characters. */
  readonly what: string;
}

export type AcceptOutcome =
  | { readonly kind: 'new'; readonly hiringId: HiringId }
  /** Heard before; it is woken, so that a hirer's retry is never swallowed. `repeated` when it was word for word the same. */
  | { readonly kind: 'known'; readonly hiringId: HiringId; readonly repeated: boolean }
  /** Kept for the operator; no hiring has to do with it. */
  | { readonly kind: 'noted' }
  /** No hiring could be read from it; kept for the operator. */
  | { readonly kind: 'malformed'; readonly hiringId?: HiringId | undefined; readonly problem: string };

/** A process's temporary right to work on one hiring. */
export interface Claim {
  readonly record: HiringRecord;
  /** Only the holder of this token can commit. */
  readonly token: string;
  /** Counts what happened to the hiring; a commit that missed something is looked at again at once. */
  readonly requeues: number;
  readonly notifications: number;
}

export interface ClaimRequest {
  readonly holder: string;
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly limit: number;
}

/** The outcome of one step. */
export interface StepCommit {
  /** The move; absent when the state stays and only time or memory change. */
  readonly event?: Event | undefined;
  /** What caused it, for the history: our words, never text from outside or a credential. */
  readonly cause: string;
  /** When to look again; undefined only for an end. */
  readonly dueAtMs?: number | undefined;
  /** Opens an attempt, which becomes the hiring's newest. */
  readonly open?:
    | {
        readonly number: number;
        readonly taskId: TaskId;
        readonly marker: AttemptMarker;
        readonly hiring: Hiring;
      }
    | undefined;
  /** Takes the place of the attempt's task id, whose folder is given up. */
  readonly taskId?: TaskId | undefined;
  /** The attempt's memory, whole; with `open`, that of the new attempt. */
  readonly progress?: AttemptProgress | undefined;
  /** Takes the place of what a read last showed of the attempt. */
  readonly marker?: AttemptMarker | undefined;
  /** A settlement to store, or the newest one as it is now. */
  readonly settlement?: Settlement | undefined;
  /** The trouble that the hiring is in now; a commit without it ends the trouble. */
  readonly lastFailure?: StepFailure | undefined;
  /** Why a person is needed, when there is no attempt to note it in. */
  readonly attention?: Attention | undefined;
  /** True when this step read the hiring: what was heard before the claim counts as looked at. */
  readonly reread?: boolean | undefined;
  /** Assignments that arrived late (`HiringRecord.late`), by task: each is taken back, or needs to be no more. */
  readonly takenBack?: readonly TaskId[] | undefined;
  /** What a read of an ended hiring says of its money; the state stays, and the event is in the history on its own. */
  readonly money?: { readonly standing: MoneyStanding; readonly event?: MoneyEvent | undefined } | undefined;
}

/** One move of a hiring, as the history shows it. */
export interface Transition {
  readonly hiringId: HiringId;
  readonly attempt: number;
  readonly atMs: number;
  readonly from: State;
  /** One of `MONEY_EVENTS` leads from an end to the same end. */
  readonly event: Event | MoneyEvent;
  readonly to: State;
  /** For readers of the history. */
  readonly cause: string;
  /** Of a move to `attention`: why an operator has to decide. */
  readonly reason?: AttentionCode | undefined;
}

/** An open hiring that is due for longer than this was forgotten by somebody. */
export const OVERDUE_GRACE_MS = 60_000;

export interface QueueStats {
  readonly byState: Readonly<Record<State, number>>;
  /** Open hirings whose due time is past by more than `graceMs`. */
  readonly overdue: number;
}

/**
 * What was heard, hirings, attempts and their history. Every method's effect is on disk when it resolves; only claims
 * and their renewal may be undone by a loss of power, which makes the hiring due again.
 */
export interface HiringStore {
  /**
   * Keeps what was heard and wakes the hirings: one row per hiring id, whatever is repeated. Each item
   * stands alone: one that cannot be stored rejects the call only when none could.
   */
  accept(received: readonly ReceivedDelivery[]): Promise<readonly AcceptOutcome[]>;
  /**
   * Wakes the open hirings of an agent that were last read before `readBeforeMs`, or never, as if they
   * were heard again. Gives how many there were.
   */
  wakeUnread(agentId: AgentId, readBeforeMs: number): Promise<number>;
  /** Leases hirings that are due: agents take turns, the longest overdue first within each. */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /** Keeps a lease alive; false when it was lost. */
  renew(claim: Claim, nowMs: number, leaseMs: number): Promise<boolean>;
  /** Hands a hiring back untouched; it is due at once. */
  release(claim: Claim): Promise<void>;
  /**
   * Commits a step: compare-and-set from the claimed state, with a history row for a move. `lost`
   * when the lease ran out and somebody else may have it: nothing was changed.
   */
  commit(claim: Claim, step: StepCommit, nowMs: number): Promise<'committed' | 'lost'>;
  /**
   * Keeps with its hiring that this worker may have been told of this task after the lease was over, and makes the hiring due,
   * even an ended one: the process that has it now has the assignment taken back. Needs no lease. The same task is kept once.
   */
  noteLate(task: WorkerTask, nowMs: number): Promise<void>;
  /**
   * Reserves the worker for this attempt: true when it now has one of its `limit` places, false while
   * others have them or an older attempt waits for one. Places are given back when the attempt leaves
   * the worker, and waiting processes are woken.
   */
  reserveWorker(claim: Claim, workerName: string, limit: number): Promise<boolean>;
  /**
   * Whether an attempt came after its agent was paused, or all agents were, so that it is not taken: the first with what was
   * heard first of its hiring, another when it was opened. By the order in which that was stored, since a clock may have been
   * set in between.
   */
  isPaused(agentId: AgentId, hiringId: HiringId, attempt: number): Promise<boolean>;
  /** The moment the next hiring is due; undefined when none is. */
  nextDueAtMs(): Promise<number | undefined>;
  /** Calls back when this process stored something that may be due. Gives the function that ends it. */
  onChange(listener: () => void): () => void;
  find(hiringId: HiringId): Promise<HiringRecord | undefined>;
  history(hiringId: HiringId): Promise<readonly Transition[]>;
  queueStats(nowMs: number, graceMs: number): Promise<QueueStats>;
}
