/** Names us to whoever looks at the spans. */
export const TRACER = 'agrenting-hiclaw';

/** Ids and words of ours: nothing from outside, and no credential, stands in a trace. */
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
