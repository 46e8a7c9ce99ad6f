import { describeApiError } from './api-error.ts';
import type { AgentAccess } from './agent-access.ts';
import type { Answer } from './answer.ts';
import { pendingItems } from './pending-list.ts';
import type { RestCall, RestClient } from './rest-client.ts';
import type { AuthSchemes } from './auth-schemes.ts';

/** Pages of one list that are read; more would be a list without end. */
const MAX_PAGES = 20;

/** One page of `GET /hirings/pending`, or why there is none; `last` when nothing follows it. */
export type PendingPage =
  | { readonly kind: 'page'; readonly items: readonly unknown[]; readonly last: boolean }
  | {
      readonly kind: 'failed';
      readonly problem: string;
      /** HTTP status, where there was one; that of the last answer for a key that is refused. */
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
    };

/** How the pages are asked for; each as in `RestCall`. */
export interface PageReads {
  readonly schemes?: AuthSchemes | undefined;
  readonly unconfirmed?: RestCall['unconfirmed'];
}

/**
 * Reads `GET /hirings/pending` page by page, one page for each turn of the caller's loop, and ends after
 * the last page or the first that could not be read (Agrenting API reference, 5.3 and 13.2).
 */
export async function* readPendingPages(
  client: RestClient,
  access: AgentAccess,
  { schemes = 'key', unconfirmed }: PageReads = {},
): AsyncGenerator<PendingPage, void> {
  let cursor: string | undefined;
  const seen = new Set<string>();
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/hirings/pending?limit=100${query}`;
    // It shows new hirings.
    const confirms = unconfirmed === undefined;
    const answer = await client.send({ method: 'GET', path, access, schemes, unconfirmed, confirms });
    const read = pageOf(answer);
    // A cursor that leads back to itself proves nothing about the rest of the list.
    const circular = answer.kind === 'success' && answer.cursor !== undefined && seen.has(answer.cursor);
    yield circular ? { kind: 'failed', problem: 'the pages of the list form a loop' } : read;
    if (read.kind === 'failed' || read.last || circular) return;
    if (answer.kind === 'success') cursor = answer.cursor;
    if (cursor !== undefined) seen.add(cursor);
  }
  yield { kind: 'failed', problem: `the list has more than ${MAX_PAGES} pages` };
}

function pageOf(answer: Answer): PendingPage {
  if (answer.kind !== 'success') return failed(answer);
  const items = pendingItems(answer.data);
  if (items === undefined) return { kind: 'failed', problem: 'the marketplace returned no list' };
  return { kind: 'page', items, last: items.length === 0 || answer.cursor === undefined };
}

function failed(answer: Exclude<Answer, { kind: 'success' }>): PendingPage {
  switch (answer.kind) {
    case 'failure': {
      return {
        kind: 'failed',
        problem: describeApiError(answer.error),
        status: answer.error.status,
        retryAfterMs: answer.retryAfterMs,
      };
    }
    case 'limited':
      return {
        kind: 'failed',
        problem: answer.problem,
        status: answer.because === 'refused' ? 401 : undefined,
        retryAfterMs: answer.retryAfterMs,
      };
    case 'unreadable':
    case 'redirected':
      return { kind: 'failed', problem: answer.problem, status: answer.status };
    case 'lost':
      return { kind: 'failed', problem: answer.problem };
  }
}
