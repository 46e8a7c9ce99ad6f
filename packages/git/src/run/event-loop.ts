import { setImmediate } from 'node:timers/promises';

/** As long as the event loop may be held at a time. */
const MAX_HOLD_MS = 10;

/** A pause for whatever else waits for the event loop, at most every ten milliseconds: to be asked for often. */
export function createYielder(): () => Promise<void> | undefined {
  let lastMs = performance.now();
  return () => {
    if (performance.now() - lastMs < MAX_HOLD_MS) return undefined;
    return setImmediate().then(() => {
      lastMs = performance.now();
    });
  };
}
