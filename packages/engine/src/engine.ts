import {
  type Claim,
  type HiringRecord,
  isEnd,
  type Moment,
  momentOf,
  type Move,
  next,
  type StepCommit,
} from '@agrenting-hiclaw/core/domain';
import type { EnginePorts, StepContext } from './context.ts';
import { troubled } from './outcomes.ts';
import { Lease, LeaseLostError, underLease } from './lease.ts';
import type { EngineSettings } from './settings.ts';
import { step } from './step.ts';

/** A step whose outcome is on disk. */
export interface CommittedStep {
  /** The hiring as it was claimed. */
  readonly record: HiringRecord;
  readonly commit: StepCommit;
  readonly atMs: number;
}

/** What the engine tells the process that it runs in. */
export interface EngineEvents {
  /** A step was committed, whether its hiring moved or not. */
  onStep?(step: CommittedStep): void;
  /** A hiring moved; it is committed. */
  onMove?(move: Move): void;
  /** A step did not get on; it is tried again. */
  onTrouble?(trouble: { readonly hiringId: string; readonly state: string; readonly problem: string }): void;
  /** A step or the store failed in a way that nobody foresaw. */
  onError?(problem: string, cause: unknown): void;
}

export interface EngineOptions {
  readonly ports: EnginePorts;
  readonly settings: EngineSettings;
  readonly events?: EngineEvents;
  /** Is given each step to run, for whoever measures or traces it; it gives back what the step came to. */
  readonly around?: StepWrapper;
}

/** Runs a step of a hiring; undefined when the hiring was taken over meanwhile. */
export type StepWrapper = (
  record: HiringRecord,
  run: () => Promise<StepCommit | undefined>,
) => Promise<StepCommit | undefined>;

/** A running engine. */
export interface Engine {
  /** Claims nothing more, and resolves when the steps that run are done or `graceMs` have passed. */
  close(graceMs?: number): Promise<void>;
  /** Resolves after `close`; rejects if the loop itself fails. */
  readonly closed: Promise<void>;
}

const CLOSE_GRACE_MS = 10_000;

const justRun: StepWrapper = async (_, run) => await run();

/**
 * Takes hirings from heard to settled: claims what is due, runs one step of each, commits the outcome.
 * Whatever happens to a step, its hiring stays in the store with a due time.
 */
export function startEngine({ ports, settings, events = {}, around = justRun }: EngineOptions): Engine {
  const { clock, store } = ports;
  const running = new Set<Promise<void>>();
  let bell = new AbortController();
  const closing = new AbortController();

  const ring = (): void => bell.abort();
  const stopListening = store.onChange(ring);
  const closed = loop();

  async function loop(): Promise<void> {
    try {
      while (!closing.signal.aborted) {
        // A new bell before looking: what is stored from here on is not missed by the sleep below.
        bell = new AbortController();
        const free = settings.concurrency - running.size;
        const claimedAt = momentOf(clock);
        const claims = free > 0 ? await claim(free, claimedAt.nowMs) : [];
        if (closing.signal.aborted) {
          await giveBack(claims);
          break;
        }
        for (const claimed of claims) start(claimed, claimedAt);
        if (claims.length === 0 || claims.length < free) await clock.sleep(await idleMs(), bell.signal);
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
  async function giveBack(claims: readonly Claim[]): Promise<void> {
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

  function start(claimed: Claim, claimedAt: Moment): void {
    const run = work(claimed, claimedAt)
      .catch((error: unknown) =>
        events.onError?.(`hiring ${claimed.record.hiringId} could not be committed`, error),
      )
      .finally(() => {
        running.delete(run);
        ring();
      });
    running.add(run);
  }

  async function work(claimed: Claim, claimedAt: Moment): Promise<void> {
    const done = new AbortController();
    const lease = new Lease(claimed, store, clock, settings.leaseMs, claimedAt);
    const keeping = lease.keep(done.signal, (cause) =>
      events.onError?.(`the lease of hiring ${claimed.record.hiringId} could not be renewed`, cause),
    );
    try {
      const commit = await around(claimed.record, async () => await stepSafely(claimed, lease));
      if (commit !== undefined) await commitSafely(claimed, commit);
    } finally {
      done.abort();
      await keeping;
    }
  }

  function contextOf(claimed: Claim): StepContext {
    return { claim: claimed, record: claimed.record, ports, settings, nowMs: clock.nowMs() };
  }

  /** Nothing when the hiring was taken over: then it is no longer for this step to say anything. */
  async function stepSafely(claimed: Claim, lease: Lease): Promise<StepCommit | undefined> {
    const context = contextOf(claimed);
    try {
      return await step({ ...context, ports: underLease(ports, lease) });
    } catch (error) {
      if (error instanceof LeaseLostError) {
        events.onError?.(error.message, undefined);
        return undefined;
      }
      events.onError?.(`a step of hiring ${claimed.record.hiringId} failed`, error);
      return troubled(context, 'the step failed unexpectedly; the log says why');
    }
  }

  /** An outcome that the store does not take is trouble that shows, with a wait that grows, and not a lease that runs out again and again. */
  async function commitSafely(claimed: Claim, commit: StepCommit): Promise<void> {
    try {
      await finish(claimed, commit);
    } catch (error) {
      events.onError?.(`hiring ${claimed.record.hiringId} could not be committed`, error);
      const problem = 'what the step came to could not be stored; the log says why';
      await finish(claimed, troubled(contextOf(claimed), problem));
    }
  }

  async function finish(claimed: Claim, commit: StepCommit): Promise<void> {
    const nowMs = clock.nowMs();
    const { record } = claimed;
    if ((await store.commit(claimed, commit, nowMs)) === 'lost') {
      events.onError?.(new LeaseLostError(record.hiringId).message, undefined);
      return;
    }
    events.onStep?.({ record, commit, atMs: nowMs });
    if (commit.trouble !== undefined) {
      events.onTrouble?.({ hiringId: record.hiringId, state: record.state, problem: commit.trouble.problem });
    }
    if (commit.event === undefined) return;
    const isFirst = record.attempt === undefined && !isEnd(record.state);
    const from = commit.open === undefined || isFirst ? record.state : 'heard';
    const to = next(from, commit.event);
    const attempt = commit.open?.number ?? record.attempt?.number ?? 0;
    if (to === undefined) return;
    events.onMove?.({
      hiringId: record.hiringId,
      attempt,
      atMs: nowMs,
      from,
      event: commit.event,
      to,
      cause: commit.cause,
    });
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
