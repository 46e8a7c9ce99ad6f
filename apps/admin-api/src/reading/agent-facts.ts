import { mcpSessionLease } from '@agrenting-hiclaw/adapter';
import { agentIdSchema, type KnownDeafAgent } from '@agrenting-hiclaw/core/domain';
import type { MappedWorker } from '@agrenting-hiclaw/hiclaw';
import type { AgentSessionNote, Pause } from '@agrenting-hiclaw/store';
import type { ApiParts } from '../parts.ts';
import { summaryOf } from '../routes/hiring-view.ts';
import { isoOrNull } from '../routes/route.ts';

type KnownWorker = Pick<MappedWorker, 'name' | 'userId'>;

/** What the store knows of agents. */
export interface AgentFacts {
  readonly pauses: readonly Pause[];
  readonly deaf: readonly KnownDeafAgent[];
  readonly leases: ReadonlyMap<string, { readonly holder: string; readonly untilMs: number }>;
  readonly sessions: readonly AgentSessionNote[];
  readonly open: ReadonlyMap<string, number>;
  readonly workers: readonly KnownWorker[];
  /** By worker: what keeps a hiring from being handed to it. */
  readonly stuck: ReadonlyMap<string, string>;
}

/** Reads what is told of every agent at once. */
export async function agentFacts(
  { store, clock }: Pick<ApiParts, 'store' | 'clock'>,
  workers: readonly KnownWorker[],
): Promise<AgentFacts> {
  const open = new Map<string, number>();
  for (const { agentId, count } of await store.overview.open()) {
    open.set(agentId, (open.get(agentId) ?? 0) + count);
  }
  const leases = await store.overview.leases(clock.nowMs());
  return {
    pauses: await store.pauses.list((text) => agentIdSchema.parse(text)),
    deaf: await store.alerts.deafAgents(),
    leases: new Map(leases.map(({ name, holder, untilMs }) => [name, { holder, untilMs }])),
    sessions: await store.agentSessions.list((text) => agentIdSchema.parse(text)),
    open,
    workers,
    stuck: await stuckWorkers(store),
  };
}

/** Looked at of each state, the newest. */
const MAX_STUCK = 50;

/** Workers to whom a hiring is to be handed, and why the last try of that failed. */
async function stuckWorkers(store: ApiParts['store']): Promise<ReadonlyMap<string, string>> {
  const stuck = new Map<string, string>();
  for (const state of ['staged', 'sent'] as const) {
    const { hirings } = await store.find({ state, limit: MAX_STUCK });
    for (const { record, updatedAtMs } of hirings) {
      const { worker, trouble } = summaryOf(record, updatedAtMs);
      if (worker !== null && trouble !== null) stuck.set(worker, trouble);
    }
  }
  return stuck;
}

/** The session over which an agent hears, as the store shows it: whose it is, and what that process noted within the last minute. */
export function sessionOf(agentId: string, { leases, deaf, sessions }: AgentFacts) {
  const parsed = agentIdSchema.safeParse(agentId).data;
  const lease = parsed === undefined ? undefined : leases.get(mcpSessionLease(parsed));
  const trouble = deaf.find(({ agent }) => agent === agentId);
  if (trouble === undefined && lease === undefined) return null;
  const noted = sessions.find((note) => note.agentId === agentId && note.holder === lease?.holder);
  return {
    state: trouble?.reason ?? 'held',
    since: isoOrNull(trouble?.sinceMs ?? noted?.sinceMs),
    lastPingAt: isoOrNull(noted?.lastPingAtMs),
    drops: noted?.drops ?? null,
    holder: lease?.holder ?? null,
  };
}
