const OPEN = [
  'received',
  'confirmed',
  'staged',
  'sent',
  'acknowledged',
  'submitted',
  'settling',
  'attention',
];
const ENDED = ['completed', 'failed', 'cancelled', 'rejected'];

/** What the fake says of its states and limits. */
export const REFERENCE = {
  states: [...OPEN.map((name) => ({ name, isEnd: false })), ...ENDED.map((name) => ({ name, isEnd: true }))],
  limits: {
    resultCharacters: 200_000,
    resultBytes: 1_048_576,
    summaryCharacters: 300,
    deliveredFileBytes: 20_000_000,
    failureCharacters: 500,
    failedResultCharacters: 400,
    messageCharacters: 5_000,
    agentNameCharacters: 200,
    agentDescriptionCharacters: 5_000,
    capabilityCharacters: 100,
    capabilities: 50,
  },
};
