import type { Clock, Readiness, WorkerAddress, WorkerLifecycle } from '@agrenting-hiclaw/core/domain';

/** A worker that runs is found to do so sooner than this; one that has to be started takes minutes. */
const ANSWER_WITHIN_MS = 1_000;
/** When a start that is under way is looked at again. */
const LOOK_AGAIN_MS = 2_000;
/** What a start came to is worth knowing for so long. */
const KEPT_MS = 60_000;
const MAX_KEPT = 1_000;

const UNDER_WAY: Readiness = { kind: 'starting', waitMs: LOOK_AGAIN_MS };

/**
 * The same lifecycle with an answer within a second: a start that takes longer continues automatically, one for each worker, and
 * a later caller learns what it came to, or that it has no end after `maxStartMs`. Otherwise a few slow starts would take all places of the engine.
 */
export function answeringEarly(
  lifecycle: WorkerLifecycle,
  clock: Clock,
  maxStartMs: number,
): WorkerLifecycle {
  /** When each began. */
  const underWay = new Map<string, number>();
  const cameTo = new Map<string, { readonly readiness: Readiness; readonly atMs: number }>();

  async function start(worker: WorkerAddress): Promise<Readiness> {
    const beganAtMs = clock.elapsedMs();
    underWay.set(worker.name, beganAtMs);
    try {
      return await lifecycle.ensureReady(worker);
    } finally {
      if (underWay.get(worker.name) === beganAtMs) underWay.delete(worker.name);
    }
  }

  function keep(name: string, readiness: Readiness): void {
    const atMs = clock.elapsedMs();
    cameTo.set(name, { readiness, atMs });
    for (const [other, kept] of cameTo) {
      if (atMs - kept.atMs >= KEPT_MS || cameTo.size > MAX_KEPT) cameTo.delete(other);
    }
  }

  return {
    async ensureReady(worker) {
      const { name } = worker;
      const kept = cameTo.get(name);
      cameTo.delete(name);
      if (kept !== undefined && clock.elapsedMs() - kept.atMs < KEPT_MS) return kept.readiness;
      const beganAtMs = underWay.get(name);
      if (beganAtMs !== undefined && clock.elapsedMs() - beganAtMs < maxStartMs) return UNDER_WAY;
      if (beganAtMs !== undefined) {
        // It is left to itself, and begun once more by the next caller.
        underWay.delete(name);
        return { kind: 'failed', problem: `worker ${name}: it did not start within ${maxStartMs} ms` };
      }
      const answered = new AbortController();
      const starting = start(worker).finally(() => answered.abort());
      const tooLate = clock.sleep(ANSWER_WITHIN_MS, answered.signal).then(() => undefined);
      const readiness = await Promise.race([starting, tooLate]);
      // The sleep may end because of the answer.
      if (readiness !== undefined || answered.signal.aborted) return readiness ?? (await starting);
      void starting.then(
        (late) => keep(name, late),
        (error: unknown) => {
          const problem = error instanceof Error ? error.message : 'unknown';
          keep(name, { kind: 'failed', problem: `worker ${name} could not be started: ${problem}` });
        },
      );
      return UNDER_WAY;
    },
  };
}
