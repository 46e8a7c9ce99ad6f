/** States of an open hiring, in the order of its way. */
export const OPEN_STATES = [
  'received',
  'confirmed',
  'staged',
  'sent',
  'acknowledged',
  'submitted',
  'settling',
  'attention',
];

/** States in which a hiring has ended. */
export const END_STATES = ['completed', 'failed', 'cancelled', 'rejected'];
