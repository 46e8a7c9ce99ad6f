import { readPendingPages, type PendingPage, type RestClient } from '@agrenting-hiclaw/core/agrenting';
import type { Secret } from '@agrenting-hiclaw/core/domain';

/** The first page of what an agent has pending: shown only to the holder of its key, unlike its listing. */
export async function firstPendingPage(client: RestClient, key: Secret): Promise<PendingPage> {
  const first = await readPendingPages(client, client.access(key)).next();
  return first.done === true
    ? { kind: 'failed', problem: 'it returned no list of pending hirings' }
    : first.value;
}
