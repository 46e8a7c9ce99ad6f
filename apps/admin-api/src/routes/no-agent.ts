import type { AgentId } from '@agrenting-hiclaw/core/domain';
import { Problem } from '../http/problem.ts';

/** For an agent that is not in the configuration. */
export function noAgent(id: AgentId): Problem {
  return new Problem(404, `No such agent: ${id}.`, { todo: 'See GET /api/v1/agents.' });
}
