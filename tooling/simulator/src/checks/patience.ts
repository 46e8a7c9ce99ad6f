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

interface Wait {
  readonly untilMs: number;
  /** Who stored it. */
  readonly process: string;
  /** How often the hiring had been woken when the wait was stored. */
  readonly woken: string;
  readonly sinceMs: number;
}

/** So long before the deadline a settlement is tried in any case, whatever the wait that was stored before it. */
const LAST_TRIES_MS = 90_000;

/**
 * Knows who was asked for patience and stored that: the same is not asked of the outside again before the wait is over, but
 * where something happened to the hiring since, or a clock was set. A process that stood still from before the wait was stored
 * cannot know of it: its hiring was taken over meanwhile.
 */
export class Patience {
  readonly #stage: Pick<Stage, 'timeline' | 'violations' | 'clockSetAtMs'>;
  /** Of the step that a process is at. */
  readonly #asked = new Map<string, { readonly request: Request; readonly untilMs: number }>();
  /** How often the hiring of that step had been woken, when the step began, and for which attempt. */
  readonly #claims = new Map<
    string,
    { readonly woken: string; readonly atMs: number; readonly attempt: Attempt | undefined }
  >();
  readonly #waits = new Map<string, Wait>();
  readonly #deadlineMs: (attempt: Attempt) => number | undefined;

  /** `deadlineMs` says when an attempt has to be done, by the true time; undefined where nobody knows. */
  constructor(
    stage: Pick<Stage, 'timeline' | 'violations' | 'clockSetAtMs'>,
    deadlineMs: (attempt: Attempt) => number | undefined,
  ) {
    this.#stage = stage;
    this.#deadlineMs = deadlineMs;
  }

  /** A process begins a step. */
  claimed(process: string, { record, requeues, notifications }: Begun): void {
    const name = `${process} ${record.hiringId}`;
    const woken = `${requeues} ${notifications}`;
    this.#claims.set(name, { woken, atMs: this.#stage.timeline.nowMs, attempt: record.attempt });
    this.#asked.delete(name);
    for (const request of REQUESTS) {
      const id = `${record.hiringId} ${request}`;
      const wait = this.#waits.get(id);
      // Something happened to it: what that step comes to says when it is due.
      if (wait !== undefined && (wait.woken !== woken || record.rereadWanted)) this.#waits.delete(id);
    }
  }

  /** The outside answered that it takes no more for now. */
  wanted(process: string, hiringId: string, request: Request, retryAfterMs: number): void {
    const untilMs = this.#stage.timeline.nowMs + retryAfterMs;
    this.#asked.set(`${process} ${hiringId}`, { request, untilMs });
  }

  /** A process stored what its step came to. */
  committed(process: string, { record }: Begun, { lastFailure }: Pick<StepCommit, 'lastFailure'>): void {
    const name = `${process} ${record.hiringId}`;
    const asked = this.#asked.get(name);
    const claim = this.#claims.get(name);
    // What could not be stored was forgotten, and the wait with it.
    if (asked === undefined || claim === undefined || lastFailure?.unforeseen !== undefined) return;
    const { nowMs } = this.#stage.timeline;
    this.#waits.set(`${record.hiringId} ${asked.request}`, {
      untilMs: asked.untilMs,
      process,
      woken: claim.woken,
      sinceMs: nowMs,
    });
  }

  /** A process asks something of the outside for a hiring. */
  asks(process: string, hiringId: string, request: Request): void {
    const wait = this.#waits.get(`${hiringId} ${request}`);
    if (wait === undefined) return;
    const claim = this.#claims.get(`${process} ${hiringId}`);
    const begunMs = claim?.atMs ?? -Infinity;
    // Whoever comes after it still has to wait.
    if (process !== wait.process && begunMs < wait.sinceMs) return;
    this.#waits.delete(`${hiringId} ${request}`);
    const { timeline, clockSetAtMs, violations } = this.#stage;
    const { nowMs } = timeline;
    const isLastTry = request === 'settlement' && this.#mayBeLastTry(claim?.attempt, wait);
    if (nowMs >= wait.untilMs || isLastTry || clockSetAtMs >= wait.sinceMs) return;
    const earlyS = Math.ceil((wait.untilMs - nowMs) / 1000);
    violations.add(
      'broken',
      'who is asked for patience has it',
      `${hiringId} ${request}: ${earlyS} s too early`,
    );
  }

  /** Whether a wait may have been cut for the deadline: only one that was stored before it is. */
  #mayBeLastTry(attempt: Attempt | undefined, { sinceMs }: Wait): boolean {
    const deadlineMs = attempt === undefined ? undefined : this.#deadlineMs(attempt);
    if (deadlineMs === undefined) return true;
    return sinceMs < deadlineMs && deadlineMs - this.#stage.timeline.nowMs < LAST_TRIES_MS;
  }
}
