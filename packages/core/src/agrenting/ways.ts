import type { Clock } from '../domain/index.ts';

/** The two doors of the marketplace. */
export type Way = 'rest' | 'mcp';

/** What has a route of its own by REST and a tool or resource of its own by MCP, so that one of the doors may lack it. */
export type Errand = 'result' | 'failure' | 'message' | 'read';

/** `auto` takes the way that works, REST first. */
export type Via = 'auto' | Way;

/** `missing`: there is no such route or tool. `unreachable`: nothing could be sent that way. */
export type WhyClosed = 'missing' | 'unreachable';

/** How long a closed way is left alone: longer each time, and never for good. */
const CLOSED_MS: Readonly<Record<WhyClosed, { readonly baseMs: number; readonly capMs: number }>> = {
  missing: { baseMs: 5_000, capMs: 10 * 60_000 },
  unreachable: { baseMs: 1_000, capMs: 60_000 },
};
const MAX_CLOSED_MS = 10 * 60_000;
/** After this long a way that was passed over, because what went by it did not arrive, is as good as the other. */
const DOUBT_MS = 10 * 60_000;
const FACTOR = 3;

interface Experience {
  /** How often in a row it was found closed, and when it is tried again. */
  readonly closures: number;
  readonly closedUntilMs: number;
  /** How often in a row what went this way was not there afterwards, and when that was last so. */
  readonly doubts: number;
  readonly doubtedAtMs: number;
}

const NONE: Experience = { closures: 0, closedUntilMs: 0, doubts: 0, doubtedAtMs: 0 };

/**
 * Which way an agent's marketplace takes what, as far as trying has shown. It is found by real requests alone, is
 * remembered for a bounded time, and is never a reason to use both ways for one thing: the sender takes the first of
 * `open`, and reads before it takes another (Agrenting API reference, appendix A and 13.3).
 */
export class Ways {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #via: Via;
  readonly #known = new Map<string, Experience>();

  constructor(clock: Pick<Clock, 'nowMs'>, via: Via = 'auto') {
    this.#clock = clock;
    this.#via = via;
  }

  /** The ways that may be tried now, the best first; `hasSession` says whether MCP is one of them. */
  open(errand: Errand, hasSession: boolean): readonly Way[] {
    const open = this.#allowed(errand, hasSession).filter((way) => this.#closedForMs(errand, way) === 0);
    return open.toSorted((one, other) => this.#doubts(errand, one) - this.#doubts(errand, other));
  }

  /** How long until a way is tried again that is closed now; 0 when none is closed. */
  waitMs(errand: Errand, hasSession: boolean): number {
    const waits = this.#allowed(errand, hasSession).map((way) => this.#closedForMs(errand, way));
    return waits.length === 0 ? CLOSED_MS.unreachable.capMs : Math.min(...waits);
  }

  /** Nothing was or can be sent this way. */
  close(errand: Errand, way: Way, why: WhyClosed): void {
    const known = this.#of(errand, way);
    const { baseMs, capMs } = CLOSED_MS[why];
    const waitMs = Math.min(capMs, baseMs * FACTOR ** Math.min(known.closures, 10));
    const closedUntilMs = this.#clock.nowMs() + waitMs;
    this.#note(errand, way, { ...known, closures: known.closures + 1, closedUntilMs });
  }

  /** What went this way more than once was not there afterwards. */
  doubt(errand: Errand, way: Way): void {
    const doubts = this.#doubts(errand, way) + 1;
    this.#note(errand, way, { ...this.#of(errand, way), doubts, doubtedAtMs: this.#clock.nowMs() });
  }

  /** What went this way arrived. */
  worked(errand: Errand, way: Way): void {
    this.#known.delete(`${errand} ${way}`);
  }

  #allowed(errand: Errand, hasSession: boolean): readonly Way[] {
    const ways: readonly Way[] = hasSession ? ['rest', 'mcp'] : ['rest'];
    if (this.#via === 'auto' || errand === 'read') return ways;
    return ways.filter((way) => way === this.#via);
  }

  #closedForMs(errand: Errand, way: Way): number {
    const leftMs = this.#of(errand, way).closedUntilMs - this.#clock.nowMs();
    // More than was ever chosen: the clock was set back.
    return leftMs > MAX_CLOSED_MS ? 0 : Math.max(0, leftMs);
  }

  #doubts(errand: Errand, way: Way): number {
    const { doubts, doubtedAtMs } = this.#of(errand, way);
    return this.#clock.nowMs() - doubtedAtMs >= DOUBT_MS ? 0 : doubts;
  }

  #of(errand: Errand, way: Way): Experience {
    return this.#known.get(`${errand} ${way}`) ?? NONE;
  }

  #note(errand: Errand, way: Way, experience: Experience): void {
    this.#known.set(`${errand} ${way}`, experience);
  }
}
