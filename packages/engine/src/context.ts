import type {
  AttemptRecord,
  AttemptRooms,
  Claim,
  Clock,
  HiringRecord,
  HiringStore,
  Manager,
  Marketplace,
  Messenger,
  Random,
  SignLog,
  TaskStorage,
  WorkerDirectory,
  WorkerLifecycle,
} from '@agrenting-hiclaw/core/domain';
import type { EngineSettings } from './settings.ts';

/** Everything outside that the engine touches. */
export interface EnginePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: HiringStore;
  readonly signs: SignLog;
  readonly marketplace: Marketplace;
  readonly messenger: Messenger;
  readonly rooms: AttemptRooms;
  readonly storage: TaskStorage;
  readonly lifecycle: WorkerLifecycle;
  readonly directory: WorkerDirectory;
  /** Nobody is asked before a person without it. */
  readonly manager?: Manager | undefined;
}

/** What a step has to work with. */
export interface StepContext {
  readonly claim: Claim;
  readonly record: HiringRecord;
  readonly ports: EnginePorts;
  readonly settings: EngineSettings;
  readonly nowMs: number;
}

/** A step of a hiring that has an attempt. */
export interface AttemptContext extends StepContext {
  readonly attempt: AttemptRecord;
}
