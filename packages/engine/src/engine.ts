import { instantOf, type Claim, type Instant } from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from './context.ts';
import { answeringEarly } from './early-answer.ts';
import type { EngineEvents, StepWrapper } from './engine-events.ts';
import { CallSlots } from './call-slots.ts';
import type { EngineSettings } from './settings.ts';
import { StepRunner } from './step-runner.ts';

export interface EngineOptions {
  readonly ports: EnginePorts;
  readonly settings: EngineSettings;
  readonly events?: EngineEvents;
  /** Is given each step to run, to measure or trace it; it gives back what the step came to. */
  readonly stepMiddleware?: StepWrapper;
}

/** A running engine. */
export interface Engine {
  /** Claims nothing more, and resolves when the steps that run are done or `graceMs` have passed. */
  close(graceMs?: number): Promise<void>;
  /** Resolves after `close`; rejects if the loop itself fails. */
  readonly closed: Promise<void>;
}

/** Repositories take at most a quarter of the engine's places: a host may let each call wait for minutes. */
const REPOSITORY_SHARE = 4;

const CLOSE_GRACE_MS = 10_000;

const justRun: StepWrapper = async (_, run) => await run();

/**
 * Takes hirings from heard to settled: claims what is due, runs one step of each, commits the outcome.
 * Whatever happens to a step, its hiring stays in the store with a due time.
 */
export function startEngine({
  ports: given,
  settings,
  events = {},
  stepMiddleware = justRun,
}: EngineOptions): Engine {
  const { clock, store } = given;
  const ports: EnginePorts = {
    ...given,
    lifecycle: answeringEarly(given.lifecycle, clock, settings.stepMs),
    repositoryPlaces: new CallSlots(Math.max(1, Math.floor(settings.concurrency / REPOSITORY_SHARE))),
  };
  const runner = new StepRunner({ ports, settings, events, stepMiddleware });
  const running = new Set<Promise<void>>();
  let wakeSignal = new AbortController();
  const closing = new AbortController();

  const ring = (): void => wakeSignal.abort();
  const stopListening = store.onChange(ring);
  const closed = loop();

  async function loop(): Promise<void> {
    try {
      while (!closing.signal.aborted) {
        // A new bell before looking: what is stored from here on is not missed by the sleep below.
        wakeSignal = new AbortController();
        const free = settings.concurrency - running.size;
        const claimedAt = instantOf(clock);
        const claims = free > 0 ? await claim(free, claimedAt.nowMs) : [];
        if (closing.signal.aborted) {
          await releaseClaims(claims);
          break;
        }
        for (const claimed of claims) start(claimed, claimedAt);
        if (claims.length === 0 || claims.length < free) await clock.sleep(await idleMs(), wakeSignal.signal);
      }
    } finally {
      stopListening();
    }
  }

  /** Nothing claimed is what a failing store looks like, so that the loop sleeps and cannot spin. */
  async function claim(limit: number, nowMs: number): Promise<readonly Claim[]> {
    try {
      return await store.claim({
        holder: settings.holder,
        nowMs,
        leaseMs: settings.leaseMs,
        limit,
      });
    } catch (error) {
      events.onError?.('the store could not be asked for due hirings', error);
      return [];
    }
  }

  /** What was claimed while we were told to close is another's to begin. */
  async function releaseClaims(claims: readonly Claim[]): Promise<void> {
    for (const claimed of claims) {
      try {
        await store.release(claimed);
      } catch (error) {
        events.onError?.(`hiring ${claimed.record.hiringId} could not be given back`, error);
      }
    }
  }

  /** Until the next due time, but never longer than it may take to notice another process. */
  async function idleMs(): Promise<number> {
    try {
      const dueAtMs = await store.nextDueAtMs();
      const untilDueMs = dueAtMs === undefined ? settings.pollMs : dueAtMs - clock.nowMs();
      // What is due now and was not claimed is another's; asking again at once would spin.
      return untilDueMs > 0 ? Math.min(untilDueMs, settings.pollMs) : settings.pollMs;
    } catch (error) {
      events.onError?.('the store could not be asked for the next due time', error);
      return settings.pollMs;
    }
  }

  function start(claimed: Claim, claimedAt: Instant): void {
    const run = runner
      .run(claimed, claimedAt)
      .catch((error: unknown) =>
        events.onError?.(`hiring ${claimed.record.hiringId} could not be committed`, error),
      )
      .finally(() => {
        running.delete(run);
        ring();
      });
    running.add(run);
  }

  return {
    closed,
    async close(graceMs = CLOSE_GRACE_MS) {
      closing.abort();
      ring();
      const grace = new AbortController();
      const waiting = clock.sleep(graceMs, grace.signal);
      await Promise.race([Promise.allSettled([closed, ...running]), waiting]);
      grace.abort();
    },
  };
}
