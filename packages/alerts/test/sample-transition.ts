import { agentIdSchema, hiringIdSchema, type LoggedTransition } from '@agrenting-hiclaw/core/domain';

/** A hiring that comes to need an operator. */
export const SAMPLE_TRANSITION: LoggedTransition = {
  sequence: 7,
  hiringId: hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000'),
  agentId: agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000001'),
  attempt: 1,
  atMs: 1_000,
  from: 'acknowledged',
  event: 'operator_required',
  to: 'attention',
  cause: 'the worker asks a question',
};
