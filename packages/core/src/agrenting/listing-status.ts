import type { AgentId, Secret } from '../domain/index.ts';
import { changeListing, type ListingOutcome } from './change-listing.ts';
import type { RestClient } from './rest-client.ts';

export type ListingStatus = 'active' | 'inactive';

export type StatusOutcome = ListingOutcome;

/** Sets whether an agent is offered (Agrenting API reference, 4.5 and 4.7). */
export async function setListingStatus(
  client: RestClient,
  agentId: AgentId,
  key: Secret,
  status: ListingStatus,
): Promise<StatusOutcome> {
  return await changeListing(client, agentId, key, { status });
}
