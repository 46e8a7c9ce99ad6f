import { mcpSessionLease } from '@agrenting-hiclaw/adapter';
import type { LookedAt } from '@agrenting-hiclaw/adapter/operations';
import { agentIdSchema, type KnownDeafAgent } from '@agrenting-hiclaw/core/domain';
import type { Pause } from '@agrenting-hiclaw/store';
import type { ApiParts } from '../parts.ts';

/** What the store knows of agents. */
export interface AgentFacts {
  readonly pauses: readonly Pause[];
  readonly deaf: readonly KnownDeafAgent[];
  readonly leases: ReadonlyMap<string, { readonly holder: string; readonly untilMs: number }>;
  readonly open: ReadonlyMap<string, number>;
  readonly workers: ReadonlySet<string>;
}

/** Reads what is told of every agent at once. */
export async function agentFacts(
  { store, clock }: Pick<ApiParts, 'store' | 'clock'>,
  workers: readonly { readonly name: string }[],
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
    open,
    workers: new Set(workers.map(({ name }) => name)),
  };
}

/** The session over which an agent hears, as far as the store shows it: the process that holds it knows more. */
export function sessionOf(agentId: string, { leases, deaf }: AgentFacts) {
  const parsed = agentIdSchema.safeParse(agentId).data;
  const lease = parsed === undefined ? undefined : leases.get(mcpSessionLease(parsed));
  const trouble = deaf.find(({ agent }) => agent === agentId);
  if (trouble !== undefined) {
    return {
      state: trouble.reason,
      since: new Date(trouble.sinceMs).toISOString(),
      lastPingAt: null,
      drops: null,
      holder: lease?.holder ?? null,
    };
  }
  if (lease === undefined) return null;
  return { state: 'held', since: null, lastPingAt: null, drops: null, holder: lease.holder };
}

export function agentViewOf({ agentId, worker, profile, problem }: LookedAt, facts: AgentFacts) {
  const pause = facts.pauses.find((each) => each.agentId === undefined || each.agentId === agentId);
  const { shown } = profile ?? {};
  const deaf = facts.deaf.find(({ agent }) => agent === agentId);
  const reasons = [
    ...(problem === undefined ? [] : [problem]),
    ...(pause === undefined ? [] : ['it is paused']),
    ...(deaf === undefined ? [] : [`it hears nothing: ${deaf.reason}`]),
    ...(shown?.status === undefined || shown.status === 'active' ? [] : [`its listing is ${shown.status}`]),
    ...(shown?.availability === 'offline' ? ['the marketplace shows it as offline'] : []),
    ...(worker === undefined || facts.workers.has(worker)
      ? []
      : [`its worker ${worker} is not in the map of workers`]),
  ];
  return {
    agentId: agentId ?? null,
    name: shown?.name ?? null,
    worker: worker ?? null,
    paused: pause === undefined ? null : { since: new Date(pause.sinceMs).toISOString() },
    key: { problem: problem ?? null },
    session: agentId === undefined ? null : sessionOf(agentId, facts),
    listed:
      shown === undefined
        ? null
        : {
            status: shown.status ?? null,
            availability: shown.availability ?? null,
            price: shown.basePrice ?? null,
            capabilities: [...(shown.capabilities ?? [])],
          },
    hireable: { ok: reasons.length === 0, reasons },
    openHirings: agentId === undefined ? 0 : (facts.open.get(agentId) ?? 0),
  };
}
