import {
  agentIdSchema,
  type KnownOfflineAgent,
  mcpSessionLease,
  type AgentSessionNote,
  type Pause,
  type Store,
  stepFailureText,
} from '@agrenting-hiclaw/core/domain';
import type { MappedWorker } from '@agrenting-hiclaw/hiclaw';
import { withoutToken } from '../hirings/without-token.ts';

type FactsStore = Pick<Store, 'agentSessions' | 'alerts' | 'find' | 'overview' | 'pauses'>;
type KnownWorker = Pick<MappedWorker, 'name' | 'userId'>;

/** What the store knows of agents' sessions. */
export interface SessionFacts {
  readonly offline: readonly KnownOfflineAgent[];
  readonly leases: ReadonlyMap<string, { readonly holder: string; readonly untilMs: number }>;
  readonly sessions: readonly AgentSessionNote[];
}

/** What the store knows of agents. */
export interface AgentStatus extends SessionFacts {
  readonly pauses: readonly Pause[];
  readonly open: ReadonlyMap<string, number>;
  readonly workers: readonly KnownWorker[];
  /** By worker: what keeps a hiring from being handed to it. */
  readonly stuck: ReadonlyMap<string, string>;
}

/** Reads what the status of every agent shares, once. */
export async function agentStatus(
  store: FactsStore,
  workers: readonly KnownWorker[],
  nowMs: number,
): Promise<AgentStatus> {
  const open = new Map<string, number>();
  for (const { agentId, count } of await store.overview.open()) {
    open.set(agentId, (open.get(agentId) ?? 0) + count);
  }
  return {
    ...(await sessionStatus(store, nowMs)),
    pauses: await store.pauses.list((text) => agentIdSchema.parse(text)),
    open,
    workers,
    stuck: await stuckWorkers(store),
  };
}

/** Reads what the status of every session shares, once. */
export async function sessionStatus(
  store: Pick<Store, 'agentSessions' | 'alerts' | 'overview'>,
  nowMs: number,
): Promise<SessionFacts> {
  const leases = await store.overview.leases(nowMs);
  return {
    offline: await store.alerts.offlineAgents(),
    leases: new Map(leases.map(({ name, holder, untilMs }) => [name, { holder, untilMs }])),
    sessions: await store.agentSessions.list((text) => agentIdSchema.parse(text)),
  };
}

/** Looked at of each state, the newest. */
const MAX_STUCK = 50;

/** Workers to whom a hiring is to be handed, and why the last try of that failed. */
async function stuckWorkers(store: FactsStore): Promise<ReadonlyMap<string, string>> {
  const stuck = new Map<string, string>();
  for (const state of ['staged', 'sent'] as const) {
    const { hirings } = await store.find({ state, limit: MAX_STUCK });
    for (const { record } of hirings) {
      const worker = record.attempt?.progress.worker?.name;
      const { lastFailure } = record;
      if (worker === undefined || lastFailure === undefined) continue;
      stuck.set(worker, withoutToken(record)(stepFailureText(lastFailure.reason)));
    }
  }
  return stuck;
}

/** The session over which an agent hears. Times are in milliseconds since 1970. */
export interface ShownSession {
  /** `held`: a process keeps it; else why the agent hears nothing. */
  readonly state: 'held' | KnownOfflineAgent['reason'];
  /** When that state, or its process, began. */
  readonly sinceMs: number | undefined;
  readonly lastPingAtMs: number | undefined;
  /** Connections that ended since its process began to keep it. */
  readonly drops: number | undefined;
  readonly holder: string | undefined;
}

/** As the store shows it: whose it is, and what that process noted within the last minute; undefined for none. */
export function sessionOf(
  agentId: string,
  { leases, offline, sessions }: SessionFacts,
): ShownSession | undefined {
  const parsed = agentIdSchema.safeParse(agentId).data;
  const lease = parsed === undefined ? undefined : leases.get(mcpSessionLease(parsed));
  const lastFailure = offline.find(({ agent }) => agent === agentId);
  if (lastFailure === undefined && lease === undefined) return undefined;
  const noted = sessions.find((note) => note.agentId === agentId && note.holder === lease?.holder);
  return {
    state: lastFailure?.reason ?? 'held',
    sinceMs: lastFailure?.sinceMs ?? noted?.sinceMs,
    lastPingAtMs: noted?.lastPingAtMs,
    drops: noted?.drops,
    holder: lease?.holder,
  };
}
