import type { Clock } from '@agrenting-hiclaw/core/domain';

/** A timer takes no more: 24 days. With more, as with less than nothing, it would go off at once and complain. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  sleep: async (waitMs, signal) =>
    await new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(Math.max(0, waitMs), LONGEST_MS));
      signal.addEventListener('abort', done);
      return undefined;
    }),
};
