/**
 * The longest time, in milliseconds, for which the event loop could do nothing else while some work ran. It is the time
 * that this thread was given by the machine, so that whatever else runs there does not count.
 */
export async function longestTurnMs(work: () => unknown): Promise<number> {
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

function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
