import type { AgentId, SettleOutcome, Settlement } from '../domain/index.ts';
import type { Answer } from './answer.ts';
import { describeApiError, type ApiError } from './api-error.ts';
import type { ToolOutcome } from './mcp/tools.ts';
import { unauthorizedProblem } from './unauthorized.ts';

/** When the same settlement may be tried again after a redirect: a person has to act first. */
const AFTER_REDIRECT_MS = 5 * 60_000;
const AFTER_LIMIT_MS = 60_000;

/** What an answer to a settlement means (Agrenting API reference, 3.3, 13.3, 15 #18 and 21 #10). */
export function settleOutcome(
  answer: Answer,
  agentId: AgentId,
  endpoint: Settlement['endpoint'],
): SettleOutcome {
  switch (answer.kind) {
    case 'success':
      return { kind: 'accepted' };
    case 'failure':
      return ofError(answer.error, answer.retryAfterMs, agentId, endpoint);
    case 'unreadable':
      return { kind: 'unknown', problem: `${answer.problem} (${answer.evidence})` };
    case 'redirected':
      // Only "see other" speaks of a request that may have been handled.
      if (answer.status === 303) return { kind: 'unknown', problem: answer.problem };
      return { kind: 'later', problem: answer.problem, retryAfterMs: AFTER_REDIRECT_MS };
    case 'limited':
      return { kind: 'later', problem: answer.problem, retryAfterMs: answer.retryAfterMs };
    case 'lost':
      return { kind: answer.nothingSent ? 'unreachable' : 'unknown', problem: answer.problem };
  }
}

/** The same of an answer by MCP; its texts are not known, so only a read of the hiring says what a refusal means. */
export function settleOutcomeByTool(outcome: ToolOutcome): SettleOutcome {
  switch (outcome.kind) {
    case 'done':
      return { kind: 'accepted' };
    case 'missing':
      return { kind: 'later', problem: 'the MCP server has no tool to settle with' };
    case 'unavailable':
      return { kind: 'later', problem: outcome.problem };
    case 'refused':
    case 'unknown':
      return { kind: 'unknown', problem: outcome.problem };
  }
}

function ofError(
  error: ApiError,
  retryAfterMs: number | undefined,
  agentId: AgentId,
  endpoint: Settlement['endpoint'],
): SettleOutcome {
  const problem = describeApiError(error);
  // Codes say more than the status that carries them.
  if (error.code === 'IDEMPOTENCY_PENDING') return { kind: 'later', problem, retryAfterMs };
  if (error.code === 'IDEMPOTENCY_MISMATCH' || error.code === 'IDEMPOTENCY_CONFLICT') {
    return { kind: 'over', problem };
  }
  const { status } = error;
  if (status === 401 || status === 403) {
    return { kind: 'unauthorized', problem: unauthorizedProblem(agentId, error) };
  }
  if (status === 429) return { kind: 'later', problem, retryAfterMs: retryAfterMs ?? AFTER_LIMIT_MS };
  if (status === 503) return { kind: 'later', problem, retryAfterMs };
  if (status === 404 || status === 409 || (status === 422 && namesState(error))) {
    return { kind: 'over', problem };
  }
  // A success that names errors, and a server that failed: it may have been applied before.
  if (status < 400 || status >= 500) return { kind: 'unknown', problem };
  return { kind: 'refused', problem, tryOlderForm: status === 422 && OLDER_FIELDS[endpoint].test(problem) };
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
