/** A garbage collection of the whole process falls into one run now and then, and not into each of four. */
const MAX_RUNS = 4;

/**
 * The longest time, in milliseconds, for which the event loop could do nothing else while some work ran. It is the time
 * that this thread was given by the machine, so that whatever else runs there does not count. Work that can be repeated is
 * run again while it takes `limitMs` or more, and its best run counts: what blocks for a reason of its own does so each time.
 */
export async function longestTurnMs(
  work: () => unknown,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<number> {
  let longestMs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < MAX_RUNS; run += 1) {
    longestMs = Math.min(longestMs, await longestTurnOfRunMs(work));
    if (longestMs < limitMs) break;
  }
  return longestMs;
}

async function longestTurnOfRunMs(work: () => unknown): Promise<number> {
  let longestMs = 0;
  let running = true;
  let lastAtMs = usedMs();
  const look = (): void => {
    const nowMs = usedMs();
    longestMs = Math.max(longestMs, nowMs - lastAtMs);
    lastAtMs = nowMs;
  };
  const turn = (): void => {
    look();
    if (running) setImmediate(turn);
  };
  setImmediate(turn);
  await new Promise<void>((resolve) => setImmediate(resolve));
  try {
    await work();
  } finally {
    look();
    running = false;
  }
  return longestMs;
}

/** What this thread was given of the machine until now, in milliseconds. */
export function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
