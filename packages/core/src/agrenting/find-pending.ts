import { parseDocumentForm, type Hiring, type HiringId } from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import { readPendingPages } from './pending-pages.ts';
import type { RestClient } from './rest-client.ts';

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
  for await (const page of readPendingPages(client, access)) {
    if (page.kind === 'failed') return { kind: 'unavailable' };
    const hiring = hiringIn(page.items, hiringId);
    if (hiring !== undefined) return { kind: 'found', hiring };
    if (page.last) return { kind: 'absent' };
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
