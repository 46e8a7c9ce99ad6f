/** Names us to readers of the spans. */
export const TRACER = 'agrenting-hiclaw';

/** Ids and words of ours: a trace contains nothing from outside and no credential. */
export const ATTRIBUTES = {
  hiringId: 'agrenting_hiclaw.hiring_id',
  agentId: 'agrenting_hiclaw.agent_id',
  attempt: 'agrenting_hiclaw.attempt',
  state: 'agrenting_hiclaw.state',
  event: 'agrenting_hiclaw.event',
  outcome: 'agrenting_hiclaw.outcome',
  intake: 'agrenting_hiclaw.intake',
  items: 'agrenting_hiclaw.items',
} as const;
