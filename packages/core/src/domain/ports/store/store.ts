import type { HiringRecord } from '../../hiring/hiring-record.ts';
import type { HiringId } from '../../hiring/ids.ts';
import type { AlertLog } from '../alert-log.ts';
import type { HiringStore } from '../hiring-store.ts';
import type { Leases } from '../leases.ts';
import type { RequestBudgets } from '../request-budgets.ts';
import type { RoomLog } from '../rooms.ts';
import type { SendBudget } from '../send-budget.ts';
import type { LongTexts, ActivityLog } from '../worker-activity.ts';
import type { AgentSessionNotes } from './agent-sessions.ts';
import type { AuditLog } from './audit-log.ts';
import type { CommandLog } from './command-log.ts';
import type { ConsoleSessions } from './console-sessions.ts';
import type { DecideOutcome, Decided, HeldOutcome, StepOr } from './decisions.ts';
import type { EarningsRequest, PaidHirings } from './earnings.ts';
import type { EndedRereads } from './ended-rereads.ts';
import type { HiringEvidence } from './evidence.ts';
import type { DeliveryForm, MalformedDelivery, IgnoredDelivery } from './inbox.ts';
import type { FindRequest, FoundPage, ListRequest } from './listing.ts';
import type { Overview } from './overview.ts';
import type { Pauses } from './pauses.ts';
import type { StoreReadiness } from './readiness.ts';
import type { Retention } from './retention.ts';

/**
 * What was heard, hirings, attempts, history, activities, leases and send budgets. Any number of processes work with one store.
 * Every effect is on disk when its promise resolves, but for leases and what is taken from a send budget: a loss of power may
 * give those back.
 */
export interface Store {
  readonly hirings: HiringStore;
  readonly leases: Leases;
  readonly activities: ActivityLog & LongTexts;
  readonly rooms: RoomLog;
  readonly budgets: SendBudget;
  readonly requestBudgets: RequestBudgets;
  readonly alerts: AlertLog;
  readonly retention: Retention;
  readonly endedRereads: EndedRereads;
  /** The newest documents that no hiring could be read from, for the operator. */
  malformedDeliveries(limit: number): Promise<readonly MalformedDelivery[]>;
  /** Every different form in which a hiring was heard, the first before the others: at most 32 of them. */
  deliveriesOf(hiringId: HiringId): Promise<readonly DeliveryForm[]>;
  /** The newest of what came where hirings come and was none, such as trial deliveries and events, for the operator. */
  ignoredDeliveries(limit: number): Promise<readonly IgnoredDelivery[]>;
  /** Hirings as they are now, the newest first; at most 1,000. */
  list(request: ListRequest): Promise<readonly HiringRecord[]>;
  /**
   * Commits the step that `decide` makes of a hiring, with nothing between the record that it is shown and the commit. It is
   * a pure function, and may be called again.
   */
  decide<Refusal>(
    hiringId: HiringId,
    decide: (record: HiringRecord, nowMs: number) => StepOr<Refusal>,
  ): Promise<DecideOutcome<Refusal>>;
  /**
   * Keeps a hiring from everybody else while `decide` works outside, for at most `leaseMs`, and commits the step that it
   * decided on.
   */
  whileHeld<Outcome>(
    hiringId: HiringId,
    leaseMs: number,
    decide: (record: HiringRecord) => Promise<Decided<Outcome>>,
  ): Promise<HeldOutcome<Outcome>>;
  /** Finds hirings for people, page by page, the newest first. */
  find(request: FindRequest): Promise<FoundPage>;
  readonly overview: Overview;
  readonly commands: CommandLog;
  readonly audit: AuditLog;
  readonly consoleSessions: ConsoleSessions;
  /** How the agents' MCP sessions fare; a loss of power may give a note back. */
  readonly agentSessions: AgentSessionNotes;
  /** Which agents take no new hirings. */
  readonly pauses: Pauses;
  /** Everything that is stored of one hiring, with all its attempts and settlements. */
  evidence(hiringId: HiringId, maxAttempts?: number): Promise<HiringEvidence | undefined>;
  /** How many hirings were paid, by agent, UTC day and price. */
  earnings(request: EarningsRequest): Promise<readonly PaidHirings[]>;
  /**
   * Frees at once what holders have of whom `isGone` says that they are no more: leases, and hirings, which are due then.
   * Gives how much that was.
   */
  freeGone(isGone: (holder: string) => boolean): Promise<number>;
  /**
   * Cuts what a clock that was set back since made to lie further ahead than its kind can: a lease then runs out after
   * `leaseMs`, unless it is renewed. Claiming sees to it, too, once a minute. Gives how much that was.
   */
  cutFarAhead(leaseMs: number): Promise<number>;
  /** Proves by a write that the store can commit, and that there is room left on its disk; else why not and what to do. */
  ready(): Promise<StoreReadiness>;
  /**
   * Copies the store, while it is at work, into a new file for its owner only: whole or not at all, with
   * everything that was on disk when this was called. Secrets in it stay sealed under the store's key. Rejects with `StoreError`: `exists` when
   * there is such a file already, else `disk` or `closed`.
   */
  backup(file: string): Promise<void>;
  /** Answers what was accepted, breaks backups off, then closes the store. Calls after it reject with `StoreError` `closed`. */
  close(): Promise<void>;
}
