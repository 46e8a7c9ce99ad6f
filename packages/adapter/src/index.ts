export { startAdapter, type RunningAdapter } from './adapter.ts';
export type { IdentifiedAgent } from './agent.ts';
export { lifecycleOf } from './hiclaw.ts';
export { hear, keepHeard, reportHeard } from './hear.ts';
export type { AppParts, Intake, IntakeParts } from './intake.ts';
export { mcpSessionLease } from './lease-names.ts';
export { tasksAtWorkers, type TaskAtWorker } from './tasks-at-workers.ts';
export { createTaskTokens } from './task-tokens.ts';
export { openMarketplaceSide } from './marketplace-side.ts';
