import type { Clock, Random, Store } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from './configuration/schema.ts';
import type { Logger } from './log.ts';

/** What every part of a process works with. */
export interface ProcessParts {
  readonly configuration: Configuration;
  readonly store: Store;
  /** Names this process in leases. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}
