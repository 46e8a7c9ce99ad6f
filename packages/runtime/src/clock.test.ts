import { once } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('a wait that is over already ends, and one beyond what a timer takes does not', async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', note);
  try {
    const stop = new AbortController();
    await systemClock.sleep(-50, stop.signal);
    const long = systemClock.sleep(2 ** 40, stop.signal).then(() => 'ended');
    const short = systemClock.sleep(20, stop.signal).then(() => 'short');
    expect(await Promise.race([long, short])).toBe('short');
    stop.abort();
    expect(await long).toBe('ended');
    // Warnings are told in the next turn.
    const turn = new EventTarget();
    setImmediate(() => turn.dispatchEvent(new Event('next')));
    await once(turn, 'next');
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', note);
  }
});
