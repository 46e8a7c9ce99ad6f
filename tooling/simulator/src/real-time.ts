/**
 * Runs something in which `performance.now` tells the time of a simulated world. Long work lets the event loop turn every few
 * milliseconds; by real time it would do so elsewhere in each run, and the run of a seed would not be the same twice.
 */
export async function withoutRealTime<T>(nowMs: () => number, run: () => Promise<T>): Promise<T> {
  Object.defineProperty(performance, 'now', { value: nowMs, configurable: true });
  try {
    return await run();
  } finally {
    // Below it stands the real one.
    Reflect.deleteProperty(performance, 'now');
  }
}
