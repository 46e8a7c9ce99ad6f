import {
  parseDocumentForm,
  type AgentId,
  type Hiring,
  type HiringId,
  type HiringRead,
} from '../domain/index.ts';
import type { AgentAccess } from './agent-access.ts';
import { describeApiError, type ApiError } from './api-error.ts';
import { documentShape } from './document-shape.ts';
import { findPending } from './find-pending.ts';
import type { HiringSource, SessionRead } from './mcp/hiring-source.ts';
import { isMissingRoute, isTurnedAway, isWordless, turnedAwayProblem } from './missing-route.ts';
import type { RecentPending } from './recent-pending.ts';
import type { RestClient } from './rest-client.ts';
import { unauthorizedProblem } from './unauthorized.ts';
import type { Ways } from './ways.ts';

export interface ReadRequest {
  readonly client: RestClient;
  readonly agentId: AgentId;
  readonly access: AgentAccess;
  readonly session: Pick<HiringSource, 'readHiring'> | undefined;
  readonly hiringId: HiringId;
  readonly unconfirmed: boolean;
  /** It is over, so its read waits for all others. */
  readonly ended?: boolean | undefined;
  /** What is known of the ways to read; without it each read tries REST first. */
  readonly ways?: Ways | undefined;
  /** What goes before a settlement, or a hiring on its way to a worker; see `RestCall`. */
  readonly settles?: boolean | undefined;
  readonly confirms?: boolean | undefined;
  /** Looked into when there are no requests left for a read of an unconfirmed hiring. */
  readonly recent?: RecentPending | undefined;
}

/**
 * Reads one hiring by REST, and by the live session where REST cannot say. `absent` needs a 404 for
 * the hiring itself and a second source that does not have it either; every other doubt keeps the
 * hiring (Agrenting API reference, 5 and 21 #1).
 */
export async function readHiring(request: ReadRequest): Promise<HiringRead> {
  const { client, access, hiringId, ways, session } = request;
  if (ways !== undefined && !ways.open('read', session !== undefined).includes('rest')) {
    return await withoutDetail(request, 'it was asked a short while ago');
  }
  const answer = await client.send({
    method: 'GET',
    path: `/hirings/${hiringId}`,
    access,
    schemes: 'key',
    unconfirmed: request.unconfirmed || request.ended === true ? 'first' : undefined,
    settles: request.settles,
    confirms: request.confirms,
  });
  switch (answer.kind) {
    case 'success': {
      const read = fromDocument(request, answer.data);
      if (read.kind === 'found') ways?.worked('read', 'rest');
      return read.kind === 'malformed' ? bySession(request, read) : read;
    }
    case 'failure':
      return afterFailure(request, answer.error, answer.retryAfterMs);
    case 'unreadable': {
      const { problem, evidence } = answer;
      return bySession(request, { kind: 'malformed', problem, evidence });
    }
    case 'limited': {
      const listed = await request.recent?.find(hiringId);
      if (listed !== undefined) return ours(request, listed, 'rest');
      const { problem, retryAfterMs, because } = answer;
      const unread = { kind: 'unavailable', problem, retryAfterMs } as const;
      // The key may have been refused by a proxy in front of REST alone.
      return because === 'refused' ? await bySession(request, unread) : unread;
    }
    case 'redirected':
    case 'lost':
      return await bySession(request, { kind: 'unavailable', problem: answer.problem });
  }
}

/** The hiring as the live session and the pending list show it, each as far as it can be asked. */
export async function otherReads(request: ReadRequest): Promise<readonly Hiring[]> {
  const { client, access, session, hiringId } = request;
  const seen = await session?.readHiring(hiringId);
  const listed = await findPending(client, access, hiringId);
  return [seen, listed].flatMap((read) => {
    if (read?.kind !== 'found') return [];
    const mine = ours(request, read.hiring, 'mcp');
    return mine.kind === 'found' ? [mine.hiring] : [];
  });
}

async function afterFailure(
  request: ReadRequest,
  error: ApiError,
  retryAfterMs: number | undefined,
): Promise<HiringRead> {
  const { status } = error;
  const problem = describeApiError(error);
  if (isMissingRoute(error)) {
    request.ways?.close('read', 'rest', 'missing');
    return await withoutDetail(request, problem);
  }
  if (isTurnedAway(error)) {
    return bySession(request, { kind: 'unavailable', problem: turnedAwayProblem(error), retryAfterMs });
  }
  switch (status) {
    case 401:
      // That is about the key and not about the hiring: it is read again when the key is taken again.
      return { kind: 'unavailable', problem: unauthorizedProblem(request.agentId, error), retryAfterMs };
    case 403:
      return bySession(request, {
        kind: 'unauthorized',
        problem: unauthorizedProblem(request.agentId, error),
      });
    case 404:
      return afterNotFound(request, problem);
    case 425:
    case 429:
      return { kind: 'unavailable', problem, retryAfterMs };
    default:
      if (status < 400 || status === 408 || status === 499 || status >= 500 || isWordless(error)) {
        return bySession(request, { kind: 'unavailable', problem, retryAfterMs });
      }
      return bySession(request, { kind: 'malformed', problem, evidence: `HTTP ${status}` });
  }
}

/** The marketplace does not show hirings by REST at all. */
async function withoutDetail(request: ReadRequest, problem: string): Promise<HiringRead> {
  const { read } = await secondSource(request);
  if (read !== undefined) return read;
  return {
    kind: 'unavailable',
    problem: `the marketplace does not show hirings over REST (${problem}), and no other source shows this one`,
  };
}

async function afterNotFound(request: ReadRequest, problem: string): Promise<HiringRead> {
  const { read, agrees } = await secondSource(request);
  if (read !== undefined) return read;
  if (agrees) return { kind: 'absent' };
  return {
    kind: 'unavailable',
    problem: `the marketplace does not find the hiring (${problem}), but no second source is available`,
  };
}

/** What else shows the hiring: a read of it, or whether its absence is agreed. */
async function secondSource(
  request: ReadRequest,
): Promise<{ readonly read?: HiringRead; readonly agrees: boolean }> {
  const { client, access, session, hiringId, unconfirmed } = request;
  // A session may have to be opened first, which strangers could make us do all day: the list comes before it.
  const inList = unconfirmed
    ? await findPending(client, access, hiringId, { unconfirmed: 'more' })
    : undefined;
  if (inList?.kind === 'absent') return { agrees: true };
  const seen: SessionRead | undefined =
    inList?.kind === 'found' ? undefined : await session?.readHiring(hiringId);
  if (seen?.kind === 'found') return { read: ours(request, seen.hiring, 'mcp'), agrees: false };
  const listed = inList ?? (await findPending(client, access, hiringId));
  if (listed.kind === 'found') return { read: ours(request, listed.hiring, 'rest'), agrees: false };
  if (seen?.kind === 'malformed') return { read: seen, agrees: false };
  if (listed.kind === 'malformed') {
    const problem = 'the pending list has an item that may be this hiring and cannot be read';
    return { read: { kind: 'malformed', problem, evidence: listed.evidence }, agrees: false };
  }
  return { agrees: seen?.kind === 'absent' || listed.kind === 'absent' };
}

/** What the live session shows, else what REST said. */
async function bySession(request: ReadRequest, otherwise: HiringRead): Promise<HiringRead> {
  const seen = await request.session?.readHiring(request.hiringId);
  return seen?.kind === 'found' ? ours(request, seen.hiring, 'mcp') : otherwise;
}

function fromDocument(request: ReadRequest, document: unknown): HiringRead {
  const parsed = parseDocumentForm(document);
  if (parsed.kind === 'hiring') return ours(request, parsed.hiring, 'rest');
  return { kind: 'malformed', problem: parsed.problem, evidence: documentShape(document) };
}

/** Only the hiring that was asked for, and only if it is this agent's: other documents may be readable too. */
function ours(request: ReadRequest, hiring: Hiring, source: 'rest' | 'mcp'): HiringRead {
  if (hiring.hiringId !== request.hiringId) {
    const problem = 'the marketplace answered with a different hiring than the requested one';
    return { kind: 'malformed', problem, evidence: `hiring ${hiring.hiringId}` };
  }
  if (hiring.agentId !== undefined && hiring.agentId !== request.agentId) {
    const problem = `the hiring belongs to agent ${hiring.agentId}, not to agent ${request.agentId}`;
    return { kind: 'malformed', problem, evidence: `agent ${hiring.agentId}` };
  }
  return { kind: 'found', hiring, source };
}
