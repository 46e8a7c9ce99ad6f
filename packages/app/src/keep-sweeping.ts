import { startLeader, type Leader } from '@agrenting-hiclaw/runtime';
import type { IntakeParts } from './intake.ts';

export interface SweepingOptions extends Pick<IntakeParts, 'store' | 'holder' | 'leaseMs' | 'clock' | 'log'> {
  /** Of the lease. */
  readonly name: string;
  /** From the end of one sweep to the next, in milliseconds. */
  readonly everyMs: number;
  readonly sweep: (signal: AbortSignal) => Promise<unknown>;
}

/** Sweeps again and again in one process of a store, until it is closed. */
export function keepSweeping(options: SweepingOptions): Leader {
  const { name, holder, store, clock, leaseMs, log, everyMs, sweep } = options;
  return startLeader({
    name,
    holder,
    leases: store.leases,
    clock,
    leaseMs,
    onError: (problem, error) => log.error({ error }, problem),
    async run(signal) {
      while (!signal.aborted) {
        await sweep(signal);
        await clock.sleep(everyMs, signal);
      }
    },
  });
}
