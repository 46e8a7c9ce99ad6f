import {
  parseDocumentForm,
  type AgentId,
  type HiringId,
  type SettleOutcome,
  type Settlement,
} from '../domain/index.ts';
import { z } from 'zod';
import type { Answer } from './answer.ts';
import { describeApiError, type ApiError } from './api-error.ts';
import type { ToolOutcome } from './mcp/tools.ts';
import { isMissingRoute, isTooLarge, isTurnedAway, isWordless, turnedAwayProblem } from './missing-route.ts';
import { unauthorizedProblem } from './unauthorized.ts';
import type { WhyClosed } from './ways.ts';

const AFTER_LIMIT_MS = 60_000;

/** What was to be settled, by whom. */
export interface Asked {
  readonly agentId: AgentId;
  readonly hiringId: HiringId;
  readonly endpoint: Settlement['endpoint'];
}

/** What became of one settlement by one way. */
export type WayOutcome =
  | Exclude<SettleOutcome, { kind: 'other_way' }>
  /** Nothing came of it, and nothing can by this way. */
  | { readonly kind: 'closed'; readonly why: WhyClosed; readonly problem: string }
  /** Something in front of the marketplace does not let it through; what it comes to where there is no other way. */
  | {
      readonly kind: 'turned_away';
      readonly otherwise: Extract<SettleOutcome, { kind: 'later' | 'refused' }>;
    };

/** What an answer to a settlement means (Agrenting API reference, 3.3, 13.3, 15 #18 and 21 #10). */
export function settleOutcome(answer: Answer, asked: Asked): WayOutcome {
  switch (answer.kind) {
    case 'success':
      return ofSuccess(answer.data, `HTTP ${answer.status}`, asked, answer.status === ACCEPTED);
    case 'failure':
      return ofError(answer.error, answer.retryAfterMs, asked);
    case 'unreadable':
      return { kind: 'unknown', problem: `${answer.problem} (${answer.evidence})` };
    case 'redirected':
      // Only "see other" speaks of a request that may have been handled.
      if (answer.status === 303) return { kind: 'unknown', problem: answer.problem };
      return { kind: 'closed', why: 'unreachable', problem: answer.problem };
    case 'limited':
      return { kind: 'later', problem: answer.problem, retryAfterMs: answer.retryAfterMs };
    case 'lost':
      return answer.nothingSent
        ? { kind: 'closed', why: 'unreachable', problem: answer.problem }
        : { kind: 'unknown', problem: answer.problem };
  }
}

/** The same of an answer by MCP; its texts are not known, so only a read of the hiring says what a refusal means. */
export function settleOutcomeByTool(outcome: ToolOutcome, asked: Asked): WayOutcome {
  switch (outcome.kind) {
    case 'done':
      return ofSuccess(outcome.document, 'by MCP', asked);
    case 'missing':
      return {
        kind: 'closed',
        why: 'missing',
        problem: `the MCP server has no tool for a ${asked.endpoint}`,
      };
    case 'unavailable':
      return { kind: 'closed', why: 'unreachable', problem: outcome.problem };
    case 'refused':
    case 'unknown':
      return { kind: 'unknown', problem: outcome.problem };
  }
}

/** HTTP 202: it is taken, and something will come of it later. */
const ACCEPTED = 202;

/**
 * An answer of success may not come from the marketplace: only an answer that shows the hiring at its end is one. One that
 * says that it is in a queue is no success yet, but known to have arrived.
 */
function ofSuccess(
  document: unknown,
  how: string,
  { hiringId, endpoint }: Asked,
  isQueued = false,
): WayOutcome {
  const parsed = parseDocumentForm(document);
  const isEnded =
    parsed.kind === 'hiring' &&
    parsed.hiring.hiringId === hiringId &&
    ENDS[endpoint].has(parsed.hiring.status);
  if (isEnded) return { kind: 'accepted' };
  if (isQueued || saysTaken(document)) {
    return { kind: 'queued', problem: `the marketplace has the ${endpoint} in its queue (${how})` };
  }
  return { kind: 'unconfirmed', problem: `the answer to the ${endpoint} does not show the hiring (${how})` };
}

const takenWord = z
  .string()
  .max(200)
  .regex(/^(?:accepted|queued|enqueued|scheduled|pending|processing|received|submitted|success)\b/i);
const takenWords = z.union([
  z.object({ status: takenWord }),
  z.object({ state: takenWord }),
  z.object({ message: takenWord }),
  z.object({ success: z.literal(true) }),
  z.object({ ok: z.literal(true) }),
]);

/** Whether an answer says that what it answers was taken, which may be as much as waits for its turn. */
function saysTaken(document: unknown): boolean {
  return takenWords.safeParse(document).success;
}

const ENDS: Readonly<Record<Settlement['endpoint'], ReadonlySet<string>>> = {
  result: new Set(['completed']),
  failure: new Set(['failed', 'refunded']),
};

function ofError(
  error: ApiError,
  retryAfterMs: number | undefined,
  { agentId, endpoint }: Asked,
): WayOutcome {
  const problem = describeApiError(error);
  // Codes say more than the status that carries them.
  if (error.code === 'IDEMPOTENCY_PENDING') return { kind: 'later', problem, retryAfterMs };
  if (error.code === 'IDEMPOTENCY_MISMATCH' || error.code === 'IDEMPOTENCY_CONFLICT') {
    return { kind: 'over', problem };
  }
  const { status } = error;
  if (isTurnedAway(error)) {
    const away = turnedAwayProblem(error);
    // Too large for a proxy is too large, where no other way leads past it.
    const otherwise = isTooLarge(error)
      ? ({ kind: 'refused', problem: away, tooLarge: true } as const)
      : ({ kind: 'later', problem: away } as const);
    return { kind: 'turned_away', otherwise };
  }
  if (status === 401 || status === 403) {
    return { kind: 'unauthorized', problem: unauthorizedProblem(agentId, error) };
  }
  if (status === 425 || status === 429) {
    return { kind: 'later', problem, retryAfterMs: retryAfterMs ?? AFTER_LIMIT_MS };
  }
  if (status === 503) return { kind: 'later', problem, retryAfterMs };
  if (isMissingRoute(error)) return { kind: 'closed', why: 'missing', problem };
  if (status === 404 || status === 409 || (status === 422 && namesState(error))) {
    return { kind: 'over', problem };
  }
  // A success that names errors, and a server that failed: it may have been applied before.
  if (status < 400 || status >= 500 || status === 408 || status === 499) return { kind: 'unknown', problem };
  if (isTooLarge(error)) return { kind: 'refused', problem, tooLarge: true };
  if (isWordless(error)) return { kind: 'unknown', problem };
  // theirs: of the marketplace
  // theirs: of the marketplace, which names the field
  const asksForOlder = status === 422 && OLDER_FIELDS[endpoint].test(error.message);
  return { kind: 'refused', problem, tryOlderForm: asksForOlder };
}

/** The fields of the older forms, by which a refusal asks for them (Agrenting API reference, 5.5 and 15 #1). */
const OLDER_FIELDS: Readonly<Record<Settlement['endpoint'], RegExp>> = {
  result: /\bresult\b/i,
  failure: /\breason\b/i,
};

/** True for "the hiring is not in progress" and its like, which only a read can settle. */
function namesState({ code = '', message }: ApiError): boolean {
  return /\b(?:state|status|terminal|already|in[ _]progress|completed|cancelled|refunded)\b/i.test(
    `${code.replaceAll('_', ' ')} ${message}`,
  );
}
