import type { AgentId } from '../domain/index.ts';
import { describeApiError, type ApiError } from './api-error.ts';

/** What a 401 or 403 means and what to do about it. */
export function unauthorizedProblem(
  agentId: AgentId,
  error: Pick<ApiError, 'status' | 'code' | 'message'>,
): string {
  return (
    `the marketplace does not accept the key of agent ${agentId} (${describeApiError(error)}): ` +
    "it must be the agent's own key, not the ap_ user token; check agents[].key"
  );
}
