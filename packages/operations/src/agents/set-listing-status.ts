import { setListingStatus, type RestClient } from '@agrenting-hiclaw/core/agrenting';
import type { AgentId, Secret, Store } from '@agrenting-hiclaw/core/domain';

export interface NamedAgent {
  readonly agentId: AgentId;
  readonly key: Secret;
}

export interface ListingStatusOutcome {
  readonly agentId: AgentId;
  readonly listing: string;
  readonly problem?: string;
}

export interface Offering {
  readonly store: Pick<Store, 'pauses'>;
  readonly client: RestClient;
  readonly agents: readonly NamedAgent[];
  /** Whether every agent is meant, also those that come later. */
  readonly all: boolean;
  readonly status: 'active' | 'inactive';
  readonly nowMs: number;
}

/** Takes agents out of the market or puts them back. The listing first, so that nobody hires what is refused. */
export async function changeListingStatus(offering: Offering): Promise<readonly ListingStatusOutcome[]> {
  const { store, client, agents, all, status, nowMs } = offering;
  const named = all ? [undefined] : agents.map(({ agentId }) => agentId);
  if (status === 'active') for (const agentId of named) await store.pauses.resume(agentId);
  const outcomes: ListingStatusOutcome[] = [];
  for (const { agentId, key } of agents) {
    const outcome = await setListingStatus(client, agentId, key, status);
    outcomes.push(
      outcome.kind === 'set'
        ? { agentId, listing: status }
        : { agentId, listing: 'unchanged', problem: outcome.problem },
    );
  }
  // Hires that come all the same are refused from here on, whatever the marketplace shows.
  if (status === 'inactive') for (const agentId of named) await store.pauses.pause(agentId, nowMs);
  return outcomes;
}
