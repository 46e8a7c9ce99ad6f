import { setTimeout as delay } from 'node:timers/promises';

/**
 * What decides over time in the sandbox: worker start and work times, typing, idle stop, time stamps.
 * Long polls stay on the machine's own time, as sockets do.
 */
export interface SandboxClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds; rejects with an AbortError when the signal fires first. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

export const machineClock: SandboxClock = {
  now: () => Date.now(),
  sleep: async (durationMs, signal) => {
    await delay(durationMs, undefined, signal === undefined ? {} : { signal });
  },
};

/** `2026-04-03T09:00:00Z`, the form of HiClaw's own files. */
export const isoSeconds = (timeMs: number): string =>
  `${new Date(timeMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
