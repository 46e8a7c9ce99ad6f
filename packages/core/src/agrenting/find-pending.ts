import { parseDocumentForm, type Hiring, type HiringId } from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import { documentShape } from './document-shape.ts';
import { readPendingPages, type PageReads } from './pending-pages.ts';
import type { RestClient } from './rest-client.ts';

export type PendingSearch =
  | { readonly kind: 'found'; readonly hiring: Hiring }
  /** The whole list was read and does not have it. */
  | { readonly kind: 'absent' }
  /** The list has something that may be the hiring and cannot be read; `evidence` says what it looks like. */
  | { readonly kind: 'malformed'; readonly evidence: string }
  | { readonly kind: 'unavailable' };

/** Looks for one hiring in `GET /hirings/pending`, page by page (Agrenting API reference, 5.3 and 13.2). */
export async function findPending(
  client: RestClient,
  access: AgentAccess,
  hiringId: HiringId,
  how: PageReads = {},
): Promise<PendingSearch> {
  let odd: unknown;
  for await (const page of readPendingPages(client, access, how)) {
    if (page.kind === 'failed') return { kind: 'unavailable' };
    const hiring = hiringIn(page.items, hiringId);
    if (hiring !== undefined) return { kind: 'found', hiring };
    odd ??= oddItemIn(page.items, hiringId);
    if (page.last) {
      return odd === undefined ? { kind: 'absent' } : { kind: 'malformed', evidence: documentShape(odd) };
    }
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

/** An item that cannot be read and may be the hiring: it bears this id, or none that can be read. */
export function oddItemIn(items: readonly unknown[], hiringId: HiringId): unknown {
  return items.find((item) => {
    const parsed = parseDocumentForm(item);
    return parsed.kind === 'malformed' && (parsed.hiringId ?? hiringId) === hiringId;
  });
}
