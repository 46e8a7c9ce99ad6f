import type { SeenTimes } from './inbox.ts';
import type { AttemptRecord, HiringRecord } from '../../hiring/hiring-record.ts';
import type { Transition } from '../hiring-store.ts';
import type { Settlement } from '../../hiring/settlement.ts';
import type { State } from '../../hiring/states.ts';

/** One attempt with everything that was to be sent about it. */
export interface AttemptEvidence {
  readonly attempt: AttemptRecord;
  readonly state: State;
  /** When it came to its end; undefined while it is open. */
  readonly endedAtMs: number | undefined;
  /** Every generation, the first before the others. */
  readonly settlements: readonly Settlement[];
}

/** What is stored of one hiring. Whatever became of it while it was read, no part is older than `record`. */
export interface HiringEvidence {
  readonly record: HiringRecord;
  /** The newest of them, in their order. */
  readonly attempts: readonly AttemptEvidence[];
  /** How many attempts there were before those. */
  readonly earlierAttempts: number;
  /** The newest moves, in their order. */
  readonly history: readonly Transition[];
  /** How many moves there were before those. */
  readonly earlierTransitions: number;
  readonly forms: readonly SeenTimes[];
  /** When retention emptied its texts; undefined while they are there. */
  readonly redactedAtMs: number | undefined;
  /** When retention deleted its task folders; undefined while they may be there. */
  readonly foldersDeletedAtMs: number | undefined;
}
