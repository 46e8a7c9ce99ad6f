import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { allProcesses } from './processes.ts';

/** It is the highest mark that is read, so little is missed between two looks. */
const LOOK_EVERY_MS = 10;

export interface Watched<Outcome> {
  readonly outcome: Outcome;
  /** The most that any one git held at any time (VmHWM), in bytes. */
  readonly peakBytes: number;
  readonly tookMs: number;
}

/** Does something and looks all the time at how much memory the processes hold that work in a folder. Linux only. */
export async function watchingMemory<Outcome>(
  folder: string,
  work: () => Promise<Outcome>,
): Promise<Watched<Outcome>> {
  const over = new AbortController();
  let peakBytes = 0;
  const watching = (async () => {
    while (!over.signal.aborted) {
      for (const { pid, environment } of await allProcesses()) {
        if (!environment.includes(folder)) continue;
        const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
        const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
        peakBytes = Math.max(peakBytes, kibibytes * 1024);
      }
      await setTimeout(LOOK_EVERY_MS);
    }
  })();
  const startedAtMs = performance.now();
  try {
    const outcome = await work();
    return { outcome, peakBytes, tookMs: performance.now() - startedAtMs };
  } finally {
    over.abort();
    await watching;
  }
}
