import type { Store } from '@agrenting-hiclaw/core/domain';
import { SqliteAgentSessionNotes } from './admin/agent-sessions.ts';
import { SqliteAlertLog } from './alerts/alert-log.ts';
import { SqliteAuditLog } from './admin/audit-log.ts';
import { Backups } from './admin/backups.ts';
import { ChangeNotifier } from './connection/change-notifier.ts';
import type { OnUnreadable } from './hirings/claims.ts';
import { SqliteCommandLog } from './admin/command-log.ts';
import { Connection } from './connection/connection.ts';
import { SqliteConsoleSessions } from './admin/console-sessions.ts';
import { Earnings } from './admin/earnings.ts';
import { SqliteEndedRereads } from './hirings/ended-rereads.ts';
import type { EncryptionKey } from './connection/encryption-key.ts';
import { FarAhead } from './leases/far-ahead.ts';
import { GoneHolders } from './leases/gone-holders.ts';
import type { GroupedCommit } from './connection/group-commit.ts';
import { Health } from './connection/health.ts';
import { SqliteHiringStore } from './hirings/hiring-store.ts';
import { SqliteOverview } from './admin/dashboard-queries.ts';
import { SqliteLeases } from './leases/leases.ts';
import { SqliteSendBudgets } from './workers/send-budgets.ts';
import { SqliteRequestBudgets } from './leases/request-budgets.ts';
import { SqliteRetention } from './admin/retention.ts';
import { SqliteRoomLog } from './workers/rooms.ts';
import { SqliteActivityLog } from './workers/worker-activity.ts';
import { asStoreError } from './connection/store-error.ts';
import { openStoreFile } from './connection/store-file.ts';

export interface StoreOptions {
  /** Path of the SQLite file; made when it is not there. Its directory has to be. */
  readonly file: string;
  readonly key: EncryptionKey;
  /** Milliseconds since 1970; the computer's clock when left out. */
  readonly clockNowMs?: (() => number) | undefined;
  /** Room on the disk below which the store says that it is not ready; 64 MiB when left out. */
  readonly minFreeBytes?: number | undefined;
  /** Names this process where an operator holds a hiring; `operator` when left out. */
  readonly holder?: string | undefined;
  /** Told of stored hirings that cannot be read; without it such a one is only seen to be overdue. */
  readonly onUnreadable?: OnUnreadable | undefined;
  /** Told of each transaction; it must not throw. */
  readonly onCommit?: ((commit: GroupedCommit) => void) | undefined;
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
  const changes = new ChangeNotifier();
  const backups = new Backups(file);
  const farAhead = new FarAhead(connection);
  const goneHolders = new GoneHolders(connection);
  const hirings = new SqliteHiringStore({
    connection,
    key,
    changes,
    nowMs,
    onUnreadable: onUnreadable ?? (() => undefined),
    holder: options.holder ?? 'operator',
    farAhead,
  });
  const earnings = new Earnings(connection);
  const health = new Health(connection, { file, nowMs, minFreeBytes });
  return {
    hirings,
    leases: new SqliteLeases(connection),
    activities: new SqliteActivityLog(connection, changes),
    rooms: new SqliteRoomLog(connection),
    budgets: new SqliteSendBudgets(connection),
    requestBudgets: new SqliteRequestBudgets(connection),
    alerts: new SqliteAlertLog(connection),
    retention: new SqliteRetention(connection, nowMs),
    endedRereads: new SqliteEndedRereads(connection, () => changes.announce()),
    malformedDeliveries: async (limit) => await hirings.malformedDeliveries(limit),
    deliveriesOf: async (hiringId) => await hirings.deliveriesOf(hiringId),
    ignoredDeliveries: async (limit) => await hirings.ignoredDeliveries(limit),
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
    async decide(hiringId, decide) {
      const outcome = await hirings.operator.decide(hiringId, nowMs(), decide);
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
