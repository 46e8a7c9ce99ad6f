import { hireableNow, sessionOf, type AgentStatus, type FetchedProfiles } from '@agrenting-hiclaw/operations';
import { iso, isoOrNull } from '../routes/route.ts';

/** The session of an agent as it is shown; null for none. */
export function sessionViewOf(agentId: string, facts: AgentStatus) {
  const session = sessionOf(agentId, facts);
  if (session === undefined) return null;
  return {
    state: session.state,
    since: isoOrNull(session.sinceMs),
    lastPingAt: isoOrNull(session.lastPingAtMs),
    drops: session.drops ?? null,
    holder: session.holder ?? null,
  };
}

/** An agent as it is shown. */
export function agentViewOf(looked: FetchedProfiles, facts: AgentStatus) {
  const { agentId, worker, profile, problem } = looked;
  const { ok, reasons } = hireableNow(looked, facts);
  const pause = facts.pauses.find((each) => each.agentId === undefined || each.agentId === agentId);
  const { shown } = profile ?? {};
  return {
    agentId: agentId ?? null,
    name: shown?.name ?? null,
    worker: worker ?? null,
    paused: pause === undefined ? null : { since: iso(pause.sinceMs) },
    key: { problem: problem ?? null },
    session: agentId === undefined ? null : sessionViewOf(agentId, facts),
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
