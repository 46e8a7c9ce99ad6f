export { startHiclaw } from './start-hiclaw.ts';
export type { RunningHiclaw } from './hiclaw.ts';
export type { HiclawOptions } from './options.ts';
export type { SandboxClock } from './clock.ts';
export type { SandboxWorker } from './sandbox-worker.ts';
export type { BehaviourInput } from './worker/behaviour.ts';
export { startGateway, type GatewayOptions, type RunningGateway } from './gateway/gateway.ts';
