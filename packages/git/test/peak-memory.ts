import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

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
      for (const pid of await descendantsOf(process.pid)) {
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
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

/** Every process that a process started, and that those started. */
async function descendantsOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const children = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  const pids = children.flatMap((text) =>
    text
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );
  return [...pids, ...(await Promise.all(pids.map((each) => descendantsOf(each)))).flat()];
}
