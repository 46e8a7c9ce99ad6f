import {
  NO_SECRETS,
  type AlertLog,
  type HiringId,
  type HiringRecord,
  type HiringStore,
  type KnownSecrets,
  type Leases,
  type OperatorCommand,
  type RequestBudgets,
  type RoomLog,
  type SendBudget,
  type LongTexts,
  type SignLog,
} from '@agrenting-hiclaw/core/domain';
import { SqliteAgentSessionNotes, type AgentSessionNotes } from './agent-sessions.ts';
import { SqliteAlertLog } from './alert-log.ts';
import { SqliteAuditLog, type AuditLog } from './audit-log.ts';
import { Backups } from './backups.ts';
import { Changes } from './changes.ts';
import type { OnUnreadable } from './claims.ts';
import { SqliteCommandLog, type CommandLog } from './command-log.ts';
import { Connection } from './connection.ts';
import { SqliteConsoleSessions, type ConsoleSessions } from './console-sessions.ts';
import { Earnings, type EarningsRequest, type PaidHirings } from './earnings.ts';
import { SqliteEndedRereads, type EndedRereads } from './ended-rereads.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { HiringEvidence } from './evidence.ts';
import { FarAhead } from './far-ahead.ts';
import { GoneHolders } from './gone-holders.ts';
import type { GroupedCommit } from './group-commit.ts';
import { Health, type StoreReadiness } from './health.ts';
import type { HeardForm, MalformedDocument, OtherDocument } from './heard-documents.ts';
import { SqliteHiringStore } from './hiring-store.ts';
import type { CommandOutcome, Decided, HeldOutcome, ListRequest } from './operator.ts';
import type { FindRequest, FoundPage } from './listing.ts';
import { SqliteOverview, type Overview } from './overview.ts';
import type { Pauses } from './pauses.ts';
import { SqliteLeases } from './lease-rows.ts';
import { SqliteSendBudgets } from './send-budgets.ts';
import { SqliteRequestBudgets } from './request-budgets.ts';
import { SqliteRetention, type Retention } from './retention.ts';
import { SqliteRoomLog } from './room-log.ts';
import { SqliteSignLog } from './sign-log.ts';
import { asStoreError } from './store-error.ts';
import { openStoreFile } from './store-file.ts';

export interface StoreOptions {
  /** Path of the SQLite file; made when it is not there. Its directory has to be. */
  readonly file: string;
  readonly key: EncryptionKey;
  /** Milliseconds since 1970; the computer's clock when left out. */
  readonly clockNowMs?: (() => number) | undefined;
  /** Room on the disk below which the store says that it is not ready; 64 MiB when left out. */
  readonly minFreeBytes?: number | undefined;
  /** Credentials that no words of an operator may hold; none when left out. */
  readonly secrets?: KnownSecrets | undefined;
  /** Names this process where an operator holds a hiring; `operator` when left out. */
  readonly holder?: string | undefined;
  /** Told of stored hirings that cannot be read; without it such a one is only seen to be overdue. */
  readonly onUnreadable?: OnUnreadable | undefined;
  /** Told of each transaction; it must not throw. */
  readonly onCommit?: ((commit: GroupedCommit) => void) | undefined;
}

/** What was heard, hirings, attempts, history, signs, leases and send budgets in one SQLite file. */
export interface Store {
  readonly hirings: HiringStore;
  readonly leases: Leases;
  readonly signs: SignLog & LongTexts;
  readonly rooms: RoomLog;
  readonly budgets: SendBudget;
  readonly requestBudgets: RequestBudgets;
  readonly alerts: AlertLog;
  readonly retention: Retention;
  readonly endedRereads: EndedRereads;
  /** The newest documents that no hiring could be read from, for the operator. */
  malformed(limit: number): Promise<readonly MalformedDocument[]>;
  /** Every different form in which a hiring was heard, the first before the others: at most 32 of them. */
  forms(hiringId: HiringId): Promise<readonly HeardForm[]>;
  /** The newest of what came where hirings come and was none, such as trial deliveries and events, for the operator. */
  others(limit: number): Promise<readonly OtherDocument[]>;
  /** Hirings as they are now, the newest first; at most 1,000. */
  list(request: ListRequest): Promise<readonly HiringRecord[]>;
  /** Has a hiring that waits for a person do what the operator says. */
  tell(hiringId: HiringId, command: OperatorCommand): Promise<CommandOutcome>;
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
  readonly pauses: Pick<Pauses, 'pause' | 'resume' | 'list'>;
  /** Everything that is stored of one hiring, with all its attempts and settlements. */
  evidence(hiringId: HiringId, maxAttempts?: number): Promise<HiringEvidence | undefined>;
  /** How many hirings were paid, by agent, UTC day and price. Reads on the calling thread: about a second for a million. */
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
   * everything that was on disk when this was called. Secrets in it stay sealed under the store's key.
   * Until it is done the write-ahead log cannot be cut back. Rejects with `StoreError`: `exists` when
   * there is such a file already, else `disk` or `closed`.
   */
  backup(file: string): Promise<void>;
  /** Answers what was accepted, breaks backups off, then closes the file. Calls after it reject with `StoreError` `closed`. */
  close(): Promise<void>;
}

/**
 * Opens the store and brings its file to the present tables. Any number of processes may have one file
 * open. Every effect is on disk when its promise resolves (synchronous=FULL), but for leases and what is taken from a
 * send budget: a loss of power may give those back.
 *
 * Throws `StoreError`, each with its remedy: `newer_schema`, `drift`, `wrong_key`, `corrupt`, `locked`
 * and `disk`.
 */
export function openStore(options: StoreOptions): Store {
  const { file, key, clockNowMs, onUnreadable, minFreeBytes } = options;
  const nowMs = clockNowMs ?? Date.now;
  const connection = openConnection(options, nowMs());
  const changes = new Changes();
  const backups = new Backups(file);
  const farAhead = new FarAhead(connection);
  const goneHolders = new GoneHolders(connection);
  const hirings = new SqliteHiringStore({
    connection,
    key,
    changes,
    nowMs,
    onUnreadable: onUnreadable ?? (() => undefined),
    secrets: options.secrets ?? NO_SECRETS,
    holder: options.holder ?? 'operator',
    farAhead,
  });
  const earnings = new Earnings(connection);
  const health = new Health(connection, { file, nowMs, minFreeBytes });
  return {
    hirings,
    leases: new SqliteLeases(connection),
    signs: new SqliteSignLog(connection, changes),
    rooms: new SqliteRoomLog(connection),
    budgets: new SqliteSendBudgets(connection),
    requestBudgets: new SqliteRequestBudgets(connection),
    alerts: new SqliteAlertLog(connection),
    retention: new SqliteRetention(connection, nowMs),
    endedRereads: new SqliteEndedRereads(connection, () => changes.announce()),
    malformed: async (limit) => await hirings.malformed(limit),
    forms: async (hiringId) => await hirings.forms(hiringId),
    others: async (limit) => await hirings.others(limit),
    pauses: hirings.pauses,
    find: async (request) => await hirings.listing.find(request, nowMs()),
    overview: new SqliteOverview(connection),
    commands: new SqliteCommandLog(connection),
    audit: new SqliteAuditLog(connection),
    consoleSessions: new SqliteConsoleSessions(connection),
    agentSessions: new SqliteAgentSessionNotes(connection),
    list: async (request) => await hirings.operator.list(request, nowMs()),
    evidence: async (hiringId, maxAttempts) => await hirings.evidence.of(hiringId, nowMs(), maxAttempts),
    earnings: async (request) => await earnings.between(request),
    async tell(hiringId, command) {
      const outcome = await hirings.operator.tell(hiringId, command, nowMs());
      changes.announce();
      return outcome;
    },
    async whileHeld(hiringId, leaseMs, decide) {
      const outcome = await hirings.operator.whileHeld(hiringId, leaseMs, nowMs, decide);
      changes.announce();
      return outcome;
    },
    async freeGone(isGone) {
      const freed = await goneHolders.free(isGone, nowMs());
      changes.announce();
      return freed;
    },
    async cutFarAhead(leaseMs) {
      const cut = await farAhead.cut(nowMs(), leaseMs);
      changes.announce();
      return cut;
    },
    ready: async () => await health.ready(),
    backup: async (to) => await backups.backup(to),
    close: async () => {
      await Promise.all([backups.close(), hirings.close()]);
      changes.close();
      connection.close();
    },
  };
}

function openConnection({ file, key, onCommit }: StoreOptions, nowMs: number): Connection {
  const sqlite = openStoreFile(file, key, nowMs);
  try {
    return new Connection(sqlite, file, onCommit);
  } catch (error) {
    sqlite.close();
    throw asStoreError(error, file);
  }
}
