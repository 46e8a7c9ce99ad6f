import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { sessionOf, type AgentStatus } from './agent-status.ts';
import type { FetchedProfiles } from './fetch-profiles.ts';

export interface Hireable {
  readonly ok: boolean;
  /** Why it would not come to a hire, or not to its work. */
  readonly reasons: readonly string[];
}

/**
 * Whether a hire that is made now would be taken by the marketplace, answered in its probe for availability, and handed to
 * a worker (Agrenting API reference, 4.7 and 6.3). That its worker sleeps or is at another job is no reason: it is
 * started, and the hiring waits for its turn.
 */
export function hireableNow(looked: FetchedProfiles, facts: AgentStatus): Hireable {
  const { agentId, problem } = looked;
  const paused = facts.pauses.some((pause) => pause.agentId === undefined || pause.agentId === agentId);
  const reasons = [
    problem,
    paused ? 'it is paused' : undefined,
    ...listingReasons(looked),
    problem === undefined ? whyUnreachable(looked, facts) : undefined,
    workerReason(looked, facts),
  ].filter((reason) => reason !== undefined);
  return { ok: reasons.length === 0, reasons };
}

/**
 * `offline` is no reason: it says that nobody was seen for an hour, and the probe at the hire decides (4.8); searches may
 * leave the agent out until then.
 */
function listingReasons({ profile }: FetchedProfiles): readonly string[] {
  const { status = 'active', availability } = profile?.shown ?? {};
  return [
    ...(status === 'active' ? [] : [`its listing is ${status}`]),
    ...(availability === 'busy' ? ['the marketplace shows it as busy'] : []),
  ];
}

/** The marketplace asks by MCP, and else at the callback URL; where neither answers it takes the hire back at once. */
function whyUnreachable({ agentId, callback }: FetchedProfiles, facts: AgentStatus): string | undefined {
  if (callback?.kind === 'answers') return undefined;
  const session = agentId === undefined ? undefined : sessionOf(agentId, facts);
  if (session?.state === 'held') return undefined;
  const offline =
    session === undefined ? 'no process keeps its MCP session' : `its MCP session is ${session.state}`;
  const uncalled = callback === undefined ? 'its listing names no callback URL' : callback.problem;
  return `it would not answer the availability probe: ${offline}, and ${uncalled}`;
}

function workerReason(
  { worker: configured, profile }: FetchedProfiles,
  facts: AgentStatus,
): string | undefined {
  const { workers, stuck } = facts;
  const listed = profile?.workerMatrixId;
  const name = configured ?? workers.find(({ userId }) => userId === listed)?.name;
  if (name === undefined) {
    return listed === undefined
      ? 'no worker is assigned to it'
      : `its listing names ${inQuotes(listed)}, who is not in the map of workers`;
  }
  if (!workers.some((worker) => worker.name === name)) {
    return `its worker ${name} is not in the map of workers`;
  }
  const lastFailure = stuck.get(name);
  return lastFailure === undefined ? undefined : `hirings of its worker ${name} are failing: ${lastFailure}`;
}
