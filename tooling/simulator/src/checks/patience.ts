import type { Claim, StepCommit } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../boundary.ts';

/** What is asked of the outside, and asked again after it wanted patience. */
const REQUESTS = ['assignment', 'room', 'upload', 'settlement'] as const;
export type Request = (typeof REQUESTS)[number];

interface Wait {
  readonly untilMs: number;
  /** How often the hiring had been woken when the wait was stored. */
  readonly woken: string;
  readonly sinceMs: number;
}

/** Before the deadline a settlement is tried in any case, whatever the wait. */
const LAST_TRIES_MS = 90_000;

/**
 * Knows who was asked for patience and stored that: the same is not asked of the outside again before the wait is over, but
 * where something happened to the hiring since, or a clock was set.
 */
export class Patience {
  readonly #stage: Stage;
  /** Of the step that a process is at. */
  readonly #asked = new Map<string, { readonly request: Request; readonly untilMs: number }>();
  /** How often the hiring of that step had been woken. */
  readonly #claims = new Map<string, string>();
  readonly #waits = new Map<string, Wait>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** A process begins a step. */
  claimed(process: string, { record, pokes, wakes }: Claim): void {
    const name = `${process} ${record.hiringId}`;
    const woken = `${pokes} ${wakes}`;
    this.#claims.set(name, woken);
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
  committed(process: string, { record }: Claim, { trouble }: StepCommit): void {
    const name = `${process} ${record.hiringId}`;
    const asked = this.#asked.get(name);
    const claim = this.#claims.get(name);
    // What could not be stored was forgotten, and the wait with it.
    if (asked === undefined || claim === undefined || trouble?.unforeseen !== undefined) return;
    const { nowMs } = this.#stage.timeline;
    this.#waits.set(`${record.hiringId} ${asked.request}`, {
      untilMs: asked.untilMs,
      woken: claim,
      sinceMs: nowMs,
    });
  }

  /** Something is asked of the outside for a hiring. */
  asks(hiringId: string, request: Request, deadlineMs = Infinity): void {
    const wait = this.#waits.get(`${hiringId} ${request}`);
    if (wait === undefined) return;
    this.#waits.delete(`${hiringId} ${request}`);
    const { timeline, clockSetAtMs, violations } = this.#stage;
    const { nowMs } = timeline;
    const isLastTry = request === 'settlement' && deadlineMs - nowMs < LAST_TRIES_MS;
    if (nowMs >= wait.untilMs || isLastTry || clockSetAtMs >= wait.sinceMs) return;
    const earlyS = Math.ceil((wait.untilMs - nowMs) / 1000);
    violations.add(
      'broken',
      'who is asked for patience has it',
      `${hiringId} ${request}: ${earlyS} s too early`,
    );
  }
}
