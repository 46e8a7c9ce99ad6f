import { inQuotes, type Readiness } from '@agrenting-hiclaw/core/domain';

/** A worker as the controller of HiClaw 1.1 and later knows it (HiClaw reference, 6.3). */
export interface ControlledWorker {
  readonly phase: string;
  readonly message?: string | undefined;
}

export type PhaseMeaning =
  | { readonly kind: 'settled'; readonly readiness: Readiness }
  /** It sleeps: the controller has to be told to wake it. */
  | { readonly kind: 'asleep' };

const MAX_SHOWN = 120;

/**
 * What a phase means for somebody who wants to speak to the worker. `Running` counts as ready: the controller forgets
 * at its own restart which workers reported, and a worker that does not listen shows itself by its silence.
 */
export function meaningOf(
  name: string,
  { phase, message }: ControlledWorker,
  startedMs: number,
): PhaseMeaning {
  switch (wordOf(phase)) {
    case 'ready':
    case 'running':
      return { kind: 'settled', readiness: { kind: 'ready' } };
    case 'pending':
    case 'starting':
    case 'stopping':
    case 'updating':
      return { kind: 'settled', readiness: { kind: 'starting', waitMs: startedMs } };
    case 'stopped':
    case 'sleeping':
      return { kind: 'asleep' };
    case 'failed': {
      const why = message === undefined ? '' : `, ${inQuotes(message, MAX_SHOWN)}`;
      const problem = `worker ${name} is in phase ${inQuotes(phase, MAX_SHOWN)}${why}: check it with agt get workers ${name}`;
      return { kind: 'settled', readiness: { kind: 'failed', problem } };
    }
    default:
      // A controller that is newer than this table: what it does takes time, and says nothing of a failure.
      return {
        kind: 'settled',
        readiness: { kind: 'starting', waitMs: startedMs, unknownPhase: phase.slice(0, MAX_SHOWN) },
      };
  }
}

/** Whether the controller has put a worker to sleep, or stopped it. */
export function isAsleep(phase: string | undefined): boolean {
  return phase !== undefined && ['stopped', 'sleeping'].includes(wordOf(phase));
}

/** A phase, however it is written. */
function wordOf(phase: string): string {
  return phase.trim().toLowerCase();
}
