import {
  pendingHiring,
  readPendingPages,
  type MalformedOnce,
  type PendingHiring,
  type AuthSchemes,
} from '@agrenting-hiclaw/core/agrenting';
import type { AgentId, HiringId, Secret } from '@agrenting-hiclaw/core/domain';
import { ingest } from '../ingest.ts';
import type { IntakeParts } from '../intake.ts';

/** What one look at a list of pending hirings gave. */
export type PendingList =
  | {
      readonly kind: 'read';
      /** Items in the list. */
      readonly listed: number;
      /** Hirings that nobody had heard of before. */
      readonly fresh: readonly HiringId[];
      /** Items that are no hirings; each is kept for the operator once. */
      readonly malformed: number;
    }
  | {
      readonly kind: 'failed';
      readonly problem: string;
      /** True when the marketplace did not accept the key. */
      readonly unauthorized: boolean;
      readonly retryAfterMs?: number | undefined;
    }
  /** Another process keeps a session that hears. */
  | { readonly kind: 'received_elsewhere' };

/** A list of pending hirings as it came, before it is put on disk. */
export type FetchedList =
  | { readonly kind: 'fetched'; readonly items: readonly PendingHiring[] }
  | Extract<PendingList, { kind: 'failed' }>;

/** Reads `GET /hirings/pending` whole, under the key of an agent or of the owner (Agrenting API reference, 5.3). */
export async function fetchList(
  { client }: IntakeParts,
  key: Secret,
  schemes: AuthSchemes,
): Promise<FetchedList> {
  const items: PendingHiring[] = [];
  for await (const page of readPendingPages(client, client.access(key), { schemes })) {
    if (page.kind === 'failed') {
      const { problem, status, retryAfterMs } = page;
      return { kind: 'failed', problem, unauthorized: status === 401 || status === 403, retryAfterMs };
    }
    items.push(...page.items.map((item) => pendingHiring(item)));
  }
  return { kind: 'fetched', items };
}

/** Puts a fetched list on disk, malformed items once each. A store that cannot take it makes the look fail. */
export async function keepList(
  list: FetchedList,
  agentId: AgentId,
  parts: IntakeParts,
  malformedOnce: MalformedOnce,
): Promise<PendingList> {
  if (list.kind === 'failed') return list;
  const items = malformedOnce.fresh(list.items);
  try {
    const outcomes = await ingest({ ...parts, intake: 'poll', items, agentId });
    malformedOnce.took(items);
    return {
      kind: 'read',
      listed: list.items.length,
      fresh: outcomes.flatMap((outcome) => (outcome.kind === 'new' ? [outcome.hiringId] : [])),
      malformed: list.items.filter(({ parsed }) => parsed.kind === 'malformed').length,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const problem = `the list was read but could not be stored, so it is read again: ${why}`;
    return { kind: 'failed', problem, unauthorized: false };
  }
}
