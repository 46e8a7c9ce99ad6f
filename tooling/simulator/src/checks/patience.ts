import type { Claim, HiringRecord, StepCommit } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { Attempt } from './decisions.ts';

/** What is asked of the outside, and asked again after it wanted patience. */
const REQUESTS = ['assignment', 'room', 'upload', 'settlement'] as const;
export type Request = (typeof REQUESTS)[number];

/** What is looked at of a claim. */
interface Begun extends Pick<Claim, 'requeues' | 'notifications'> {
  readonly record: Pick<HiringRecord, 'hiringId' | 'rereadWanted'> & {
    readonly attempt?: Attempt | undefined;
  };
}

/** A step that a process is at. */
interface Step {
  /** How often its hiring had been woken when it began. */
  readonly woken: string;
  readonly atMs: number;
  readonly attempt: Attempt | undefined;
  /** What it was asked for patience with. */
  asked?: { readonly request: Request; readonly untilMs: number };
}

interface Wait {
  readonly untilMs: number;
  /** How often the hiring had been woken when the wait was stored. */
  readonly woken: string;
  readonly sinceMs: number;
}

/** So long before the deadline a settlement is tried in any case, whatever the wait that was stored before it. */
const LAST_TRIES_MS = 90_000;

/**
 * Knows who was asked for patience and stored that: the same is not asked of the outside again before the wait is over, but
 * where something happened to the hiring since, or a clock was set. What counts is when a process makes a request, since it may
 * stand still before the request leaves it: its hiring is taken over meanwhile, also by a later step of the same process.
 */
export class Patience {
  readonly #stage: Pick<Stage, 'timeline' | 'violations' | 'skewMs' | 'clockSetAtMs'>;
  /** By process and hiring. */
  readonly #steps = new Map<string, Step>();
  readonly #waits = new Map<string, Wait>();
  readonly #deadlineMs: (attempt: Attempt) => number | undefined;

  /** `deadlineMs` says when an attempt has to be done, by the true time; undefined where nobody knows. */
  constructor(
    stage: Pick<Stage, 'timeline' | 'violations' | 'skewMs' | 'clockSetAtMs'>,
    deadlineMs: (attempt: Attempt) => number | undefined,
  ) {
    this.#stage = stage;
    this.#deadlineMs = deadlineMs;
  }

  /** A process begins a step of what was due at `claimedMs`, by its clock. */
  claimed(process: string, { record, requeues, notifications }: Begun, claimedMs: number): void {
    const { timeline, skewMs } = this.#stage;
    const woken = `${requeues} ${notifications}`;
    this.#steps.set(`${process} ${record.hiringId}`, {
      woken,
      atMs: timeline.nowMs,
      attempt: record.attempt,
    });
    // It stood still since before the clock was set back, and by that time everything was due.
    const isByFormerClock = claimedMs > timeline.nowMs + skewMs;
    for (const request of REQUESTS) {
      const id = `${record.hiringId} ${request}`;
      const wait = this.#waits.get(id);
      if (wait === undefined) continue;
      // Something happened to it: what that step comes to says when it is due.
      if (isByFormerClock || wait.woken !== woken || record.rereadWanted) this.#waits.delete(id);
    }
  }

  /** A process stored what its step came to. */
  committed(process: string, { record }: Begun, { lastFailure }: Pick<StepCommit, 'lastFailure'>): void {
    const step = this.#steps.get(`${process} ${record.hiringId}`);
    // What could not be stored was forgotten, and the wait with it.
    if (step?.asked === undefined || lastFailure?.unforeseen !== undefined) return;
    const { request, untilMs } = step.asked;
    this.#waits.set(`${record.hiringId} ${request}`, {
      untilMs,
      woken: step.woken,
      sinceMs: this.#stage.timeline.nowMs,
    });
  }

  /**
   * A process asks something of the outside for a hiring. What is returned takes the answer that no more is taken for so long:
   * it is an answer to that step, whatever the process has begun since.
   */
  asks(process: string, hiringId: string, request: Request): (retryAfterMs: number) => void {
    const step = this.#steps.get(`${process} ${hiringId}`);
    this.#checkWait(`${hiringId} ${request}`, request, step);
    return (retryAfterMs) => {
      if (step !== undefined) step.asked = { request, untilMs: this.#stage.timeline.nowMs + retryAfterMs };
    };
  }

  #checkWait(id: string, request: Request, step: Step | undefined): void {
    const wait = this.#waits.get(id);
    // A step that began before it was stored cannot know of it, and a later one still has to wait.
    if (wait === undefined || step === undefined || step.atMs < wait.sinceMs) return;
    this.#waits.delete(id);
    const { timeline, clockSetAtMs, violations } = this.#stage;
    const { nowMs } = timeline;
    const isLastTry = request === 'settlement' && this.#mayBeLastTry(step.attempt, wait);
    if (nowMs >= wait.untilMs || isLastTry || clockSetAtMs >= wait.sinceMs) return;
    const earlyS = Math.ceil((wait.untilMs - nowMs) / 1000);
    violations.add('broken', 'who is asked for patience has it', `${id}: ${earlyS} s too early`);
  }

  /** Whether a wait may have been cut for the deadline: only one that was stored before it is. */
  #mayBeLastTry(attempt: Attempt | undefined, { sinceMs }: Wait): boolean {
    const deadlineMs = attempt === undefined ? undefined : this.#deadlineMs(attempt);
    if (deadlineMs === undefined) return true;
    return sinceMs < deadlineMs && deadlineMs - this.#stage.timeline.nowMs < LAST_TRIES_MS;
  }
}
