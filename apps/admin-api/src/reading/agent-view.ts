import type { LookedAt } from '@agrenting-hiclaw/adapter/operations';
import { sessionOf, type AgentFacts } from './agent-facts.ts';
import { hireableNow } from './hireable.ts';

/** An agent as it is shown. */
export function agentViewOf(looked: LookedAt, facts: AgentFacts) {
  const { agentId, worker, profile, problem } = looked;
  const { ok, reasons } = hireableNow(looked, facts);
  const pause = facts.pauses.find((each) => each.agentId === undefined || each.agentId === agentId);
  const { shown } = profile ?? {};
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
    hireable: { ok, reasons: [...reasons] },
    openHirings: agentId === undefined ? 0 : (facts.open.get(agentId) ?? 0),
  };
}
