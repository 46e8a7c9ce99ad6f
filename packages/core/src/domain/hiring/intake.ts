/** Every channel that hirings are received on. */
export const INTAKES = ['mcp', 'webhook', 'poll'] as const;

/** The channel a hiring was received on. */
export type Intake = (typeof INTAKES)[number];
