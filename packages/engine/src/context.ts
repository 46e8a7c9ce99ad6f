import { secretsOf } from '@agrenting-hiclaw/core/domain';
import type {
  AttemptRecord,
  AttemptRooms,
  Claim,
  Clock,
  Hiring,
  HiringRecord,
  HiringStore,
  KnownSecrets,
  Manager,
  Marketplace,
  Messenger,
  Policy,
  Random,
  Repositories,
  ActivityLog,
  TaskIds,
  TaskStorage,
  TheirClock,
  WorkerDirectory,
  WorkerLifecycle,
} from '@agrenting-hiclaw/core/domain';
import type { CallSlots } from './call-slots.ts';
import type { EngineSettings } from './settings.ts';

/** Everything outside that the engine touches. */
export interface EnginePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly taskIds: TaskIds;
  readonly store: HiringStore;
  readonly activities: ActivityLog;
  readonly marketplace: Marketplace;
  /** The marketplace's clock, by which its deadlines are told; taken for ours where it is left out. */
  readonly marketplaceClock?: Pick<TheirClock, 'toOurs' | 'toTheirs' | 'readings'> | undefined;
  readonly messenger: Messenger;
  readonly rooms: AttemptRooms;
  readonly storage: TaskStorage;
  readonly lifecycle: WorkerLifecycle;
  readonly directory: WorkerDirectory;
  /** Hirers' repositories; without it nothing is pushed. */
  readonly repositories?: Repositories | undefined;
  /** Places for reads of repositories and pushes; any number at once without it. */
  readonly repositoryPlaces?: CallSlots | undefined;
  /** Nobody is asked before a person without it. */
  readonly manager?: Manager | undefined;
}

/** What the reads of the hiring in one step came to; known also to the code that handles a failed step. */
export class StepReading {
  #hasSucceeded = false;
  #problem: string | undefined;

  succeeded(): void {
    this.#hasSucceeded = true;
  }

  failed(problem: string): void {
    this.#problem = problem;
  }

  /** True once the marketplace showed the hiring in this step: as it stands, and by which clock. */
  get hasSucceeded(): boolean {
    return this.#hasSucceeded;
  }

  /** Why the hiring could not be read in this step; undefined where it could, or was not. */
  get problem(): string | undefined {
    return this.#hasSucceeded ? undefined : this.#problem;
  }
}

/** What a step has to work with. */
export interface StepContext {
  readonly claim: Claim;
  readonly record: HiringRecord;
  readonly ports: EnginePorts;
  readonly settings: EngineSettings;
  readonly nowMs: number;
  readonly reading: StepReading;
}

/** The deadline of a hiring by our own clock: the marketplace tells it by its own (Agrenting API reference, 5.2). */
export function deadlineAtMs(
  { deadlineAtMs: theirMs }: Pick<Hiring, 'deadlineAtMs'>,
  { marketplaceClock }: Pick<EnginePorts, 'marketplaceClock'>,
): number | undefined {
  return theirMs === undefined ? undefined : (marketplaceClock?.toOurs(theirMs) ?? theirMs);
}

/** When an attempt was opened, by our own clock as it is now: it may have been set since. */
export function openedAtMs(
  { openedAtMs: ourMs, progress: { openedTheirMs } }: Pick<AttemptRecord, 'openedAtMs' | 'progress'>,
  { marketplaceClock }: Pick<EnginePorts, 'marketplaceClock'>,
): number {
  if (openedTheirMs === undefined) return ourMs;
  return marketplaceClock?.toOurs(openedTheirMs) ?? openedTheirMs;
}

/** The time of day by the marketplace's clock, as far as that is known. */
export function theirNowMs({
  clock,
  marketplaceClock,
}: Pick<EnginePorts, 'clock' | 'marketplaceClock'>): number {
  const nowMs = clock.nowMs();
  return marketplaceClock?.toTheirs(nowMs) ?? nowMs;
}

/** When a hiring was bought, by our own clock. */
export function createdAtMs(
  { createdAtMs: theirMs }: Pick<Hiring, 'createdAtMs'>,
  { marketplaceClock }: Pick<EnginePorts, 'marketplaceClock'>,
): number | undefined {
  return theirMs === undefined ? undefined : (marketplaceClock?.toOurs(theirMs) ?? theirMs);
}

/** What the owner of the hiring's agent allows. */
export function policyOf({ record, settings }: StepContext): Policy {
  return settings.policy(record.attempt?.hiring.agentId ?? record.agentId);
}

/** What no text about an attempt may hold: the adapter's secrets and the hirer's tokens. */
export function secretsIn({ attempt, record, settings }: AttemptContext): KnownSecrets {
  return secretsOf(attempt.hiring, secretsBefore({ record, settings }));
}

/** The same but for the token that the attempt has. */
export function secretsBefore({ record, settings }: Pick<StepContext, 'record' | 'settings'>): KnownSecrets {
  return record.formerTokens === undefined ? settings.secrets : record.formerTokens.with(settings.secrets);
}

/** A step of a hiring that has an attempt. */
export interface AttemptContext extends StepContext {
  readonly attempt: AttemptRecord;
}
