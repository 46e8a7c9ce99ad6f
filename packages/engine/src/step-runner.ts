import {
  isEnd,
  next,
  type Claim,
  type Instant,
  type StepCommit,
  stepFailureText,
} from '@agrenting-hiclaw/core/domain';
import { StepReading, type EnginePorts, type StepContext } from './context.ts';
import { timesOf } from './deadlines.ts';
import type { EngineEvents, StepWrapper } from './engine-events.ts';
import { Lease, LeaseLostError, underLease } from './lease.ts';
import type { EngineSettings } from './settings.ts';
import { step } from './step.ts';
import { tryAgain, unforeseen } from './unforeseen.ts';

/** A step near the deadline is not waited for much beyond it, but it always has this long. */
const LEAST_STEP_MS = 180_000;

const WAIT_PARTS = 6;

/** A step went on for longer than any may: a call that has no end. */
class EndlessStepError extends Error {
  override readonly name = 'EndlessStepError';
}

export interface StepRunnerOptions {
  readonly ports: EnginePorts;
  readonly settings: EngineSettings;
  readonly events: EngineEvents;
  readonly stepMiddleware: StepWrapper;
}

/** Runs one step of a claimed hiring and commits what it came to; whatever happens to it, its hiring stays due. */
export class StepRunner {
  readonly #ports: EnginePorts;
  readonly #settings: EngineSettings;
  readonly #events: EngineEvents;
  readonly #stepMiddleware: StepWrapper;

  constructor({ ports, settings, events, stepMiddleware }: StepRunnerOptions) {
    this.#ports = ports;
    this.#settings = settings;
    this.#events = events;
    this.#stepMiddleware = stepMiddleware;
  }

  /** Resolves once the outcome is on disk; rejects when nothing at all could be stored. */
  async run(claimed: Claim, claimedAt: Instant): Promise<void> {
    const { clock, store } = this.#ports;
    const done = new AbortController();
    const lease = new Lease(claimed, store, clock, this.#settings.leaseMs, claimedAt);
    const keeping = lease.keep(done.signal, (cause) =>
      this.#events.onError?.(`the lease of hiring ${claimed.record.hiringId} could not be renewed`, cause),
    );
    const reading = new StepReading();
    try {
      const commit = await this.#stepMiddleware(
        claimed.record,
        async () => await this.#stepSafely(claimed, reading, lease),
      );
      if (commit !== undefined) await this.#commitSafely(claimed, reading, commit);
    } finally {
      done.abort();
      await keeping;
    }
  }

  #contextOf(claimed: Claim, reading: StepReading): StepContext {
    const { clock } = this.#ports;
    return {
      claim: claimed,
      record: claimed.record,
      ports: this.#ports,
      settings: this.#settings,
      nowMs: clock.nowMs(),
      reading,
    };
  }

  /** Nothing when the hiring was taken over: then it is no longer for this step to say anything. */
  async #stepSafely(claimed: Claim, reading: StepReading, lease: Lease): Promise<StepCommit | undefined> {
    const context = this.#contextOf(claimed, reading);
    try {
      return await this.#stepInTime({ ...context, ports: underLease(this.#ports, lease) }, lease);
    } catch (error) {
      if (error instanceof LeaseLostError) {
        this.#events.onError?.(error.message, undefined);
        return undefined;
      }
      this.#events.onError?.(`a step of hiring ${claimed.record.hiringId} failed`, error);
      return unforeseen(this.#contextOf(claimed, reading), 'step_failed');
    }
  }

  /** A step that does not end is left to itself without its lease, so that it can do nothing more outside. */
  async #stepInTime(context: StepContext, lease: Lease): Promise<StepCommit> {
    const ended = new AbortController();
    const waitMs = this.#longestMs(context);
    const tooLate = this.#awake(waitMs, ended.signal).then(() => {
      if (ended.signal.aborted) return undefined;
      lease.lose();
      throw new EndlessStepError(
        `a step of hiring ${context.record.hiringId} did not end within ${waitMs} ms`,
      );
    });
    const running = step(context);
    // What becomes of it after that interests nobody.
    running.catch(() => undefined);
    try {
      return (await Promise.race([running, tooLate])) ?? (await running);
    } finally {
      ended.abort();
    }
  }

  /** Waits in parts: while the process stands still, nothing else goes on either, and that is no fault of the step. */
  async #awake(waitMs: number, signal: AbortSignal): Promise<void> {
    for (let part = 0; part < WAIT_PARTS && !signal.aborted; part += 1) {
      await this.#ports.clock.sleep(Math.ceil(waitMs / WAIT_PARTS), signal);
    }
  }

  #longestMs({ record, nowMs }: StepContext): number {
    const { stepMs } = this.#settings;
    const { attempt } = record;
    if (attempt === undefined || isEnd(record.state)) return stepMs;
    const { giveUpMs } = timesOf({ attempt, ports: this.#ports, settings: this.#settings });
    const leftMs = giveUpMs - nowMs;
    return leftMs <= 0 ? stepMs : Math.min(stepMs, Math.max(LEAST_STEP_MS, leftMs));
  }

  /**
   * An outcome that the store does not take is trouble that shows, with a wait that grows, and not a lease that runs
   * out again and again. Where that is refused as well, the smallest change there is is tried.
   */
  async #commitSafely(claimed: Claim, reading: StepReading, commit: StepCommit): Promise<void> {
    const { hiringId } = claimed.record;
    const instead = [
      () => unforeseen(this.#contextOf(claimed, reading), 'commit_refused'),
      () => tryAgain(this.#contextOf(claimed, reading), 'commit_refused'),
    ];
    let tried = commit;
    for (const other of instead) {
      try {
        await this.#finish(claimed, tried);
        return;
      } catch (error) {
        this.#events.onError?.(`hiring ${hiringId} could not be committed`, error);
        tried = other();
      }
    }
    await this.#finish(claimed, tried);
  }

  async #finish(claimed: Claim, commit: StepCommit): Promise<void> {
    const { clock, store } = this.#ports;
    const nowMs = clock.nowMs();
    const { record } = claimed;
    if ((await store.commit(claimed, commit, nowMs)) === 'lost') {
      this.#events.onError?.(new LeaseLostError(record.hiringId).message, undefined);
      return;
    }
    this.#emit(claimed, commit, nowMs);
  }

  #emit({ record }: Claim, commit: StepCommit, nowMs: number): void {
    const { hiringId, state } = record;
    this.#events.onStep?.({ record, commit, atMs: nowMs });
    if (commit.lastFailure !== undefined) {
      const { reason } = commit.lastFailure;
      this.#events.onStepFailed?.({ hiringId, state, code: reason.code, problem: stepFailureText(reason) });
    }
    const { event, cause } = commit;
    if (event === undefined) return;
    const isFirst = record.attempt === undefined && !isEnd(state);
    const from = commit.open === undefined || isFirst ? state : 'received';
    const to = next(from, event);
    if (to === undefined) return;
    const attempt = commit.open?.number ?? record.attempt?.number ?? 0;
    this.#events.onTransition?.({ hiringId, attempt, atMs: nowMs, from, event, to, cause });
  }
}
