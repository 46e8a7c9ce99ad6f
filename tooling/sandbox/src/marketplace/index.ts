export type { ChaosOptions, ChaosReport, ChaosRun, ChaosStrike } from './chaos.ts';
export { ManualClock, systemClock, type Clock } from './clock.ts';
export type { NewAgent, NewHire, NewUser, Resolution, Seed } from './control-input.ts';
export type {
  AgentSnapshot,
  HiringFilter,
  HiringSnapshot,
  MarketplaceControl,
  SessionSnapshot,
} from './control.ts';
export type { Fault, FaultInput, FaultKind, Frame, Operation } from './fault.ts';
export type { HiringStatus } from './hiring.ts';
export type { Limits } from './limits.ts';
export { RefusedError } from './refusal.ts';
export type { RecordedRequest } from './request-log.ts';
export { startMarketplace, type MarketplaceOptions, type RunningMarketplace } from './start.ts';
export type { SwitchChange, Switches } from './switches.ts';
