import { parseDocumentForm, type Hiring, type HiringId } from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import { pendingItems } from './pending-list.ts';
import type { RestClient } from './rest-client.ts';

const MAX_PAGES = 20;

export type PendingSearch =
  | { readonly kind: 'found'; readonly hiring: Hiring }
  /** The whole list was read and does not have it. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable' };

/** Looks for one hiring in `GET /hirings/pending`, page by page (Agrenting API reference, 5.3 and 13.2). */
export async function findPending(
  client: RestClient,
  access: AgentAccess,
  hiringId: HiringId,
): Promise<PendingSearch> {
  let cursor: string | undefined;
  const seen = new Set<string>();
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/hirings/pending?limit=100${query}`;
    const answer = await client.send({ method: 'GET', path, access, schemes: 'key' });
    if (answer.kind !== 'success') return { kind: 'unavailable' };
    const items = pendingItems(answer.data);
    if (items === undefined) return { kind: 'unavailable' };
    const hiring = hiringIn(items, hiringId);
    if (hiring !== undefined) return { kind: 'found', hiring };
    cursor = answer.cursor;
    if (items.length === 0 || cursor === undefined) return { kind: 'absent' };
    // A cursor that leads back to itself proves nothing about the rest of the list.
    if (seen.has(cursor)) return { kind: 'unavailable' };
    seen.add(cursor);
  }
  return { kind: 'unavailable' };
}

/** The hiring with this id among the items of a list. */
export function hiringIn(items: readonly unknown[], hiringId: HiringId): Hiring | undefined {
  for (const item of items) {
    const parsed = parseDocumentForm(item);
    if (parsed.kind === 'hiring' && parsed.hiring.hiringId === hiringId) return parsed.hiring;
  }
  return undefined;
}
