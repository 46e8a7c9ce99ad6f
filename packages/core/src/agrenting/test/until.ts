import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 60_000;

/** Resolves when the condition holds; fails when it does not within a minute. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + DEADLINE_MS;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`not seen within ${DEADLINE_MS / 1000} s: ${what}`);
    await sleep(5);
  }
}
