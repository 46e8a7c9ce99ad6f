export { startAdapter, type RunningAdapter } from './adapter.ts';
export type { IdentifiedAgent } from './agent.ts';
export type { RunningAgents } from './agents.ts';
export { hear } from './hear.ts';
export type { Intake, IntakeParts } from './intake.ts';
export { mcpSessionLease } from './lease-names.ts';
