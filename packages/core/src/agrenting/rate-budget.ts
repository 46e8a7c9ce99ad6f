import type { Clock } from '../domain/index.ts';

const WINDOW_MS = 60_000;
/** Longest time that a budget stays closed, whatever the clock does. */
const MAX_HOLD_MS = 10 * 60_000;

/**
 * How many requests may go out: as many a minute as the marketplace allows, refilled steadily, and
 * none while it asked for patience (Agrenting API reference, 13.1).
 */
export class RateBudget {
  readonly #clock: Clock;
  #limit: number;
  #tokens: number;
  #countedAtMs: number;
  #heldUntilMs = 0;

  constructor(clock: Clock, requestsPerMinute: number) {
    this.#clock = clock;
    this.#limit = requestsPerMinute;
    this.#tokens = requestsPerMinute;
    this.#countedAtMs = clock.nowMs();
  }

  /**
   * Takes one request if more than `reserveShare` (0 to 1) of the budget is left afterwards. Gives
   * 0 when it was taken, else how long to wait.
   */
  take(reserveShare = 0): number {
    const waitMs = this.#waitMs(reserveShare);
    if (waitMs === 0) this.#tokens -= 1;
    return waitMs;
  }

  /** True when `take` would take one; takes none. */
  has(reserveShare: number): boolean {
    return this.#waitMs(reserveShare) === 0;
  }

  /** Counts a request that must go out in any case. */
  spend(): void {
    this.#refill();
    this.#tokens = Math.max(0, this.#tokens - 1);
  }

  /** Follows what an answer says about the limit. */
  follow(headers: Headers): void {
    this.#refill();
    const limit = count(headers.get('x-ratelimit-limit'));
    if (limit !== undefined && limit >= 1) {
      // What was used of the old limit is used of the new one: a higher limit is there at once.
      this.#tokens = Math.max(0, this.#tokens + limit - this.#limit);
      this.#limit = limit;
    }
    const remaining = count(headers.get('x-ratelimit-remaining')) ?? this.#tokens;
    this.#tokens = Math.min(this.#tokens, this.#limit, remaining);
  }

  /** Lets nothing out for so long. */
  hold(waitMs: number): void {
    const untilMs = this.#clock.nowMs() + Math.min(waitMs, MAX_HOLD_MS);
    this.#heldUntilMs = Math.max(this.#heldUntilMs, untilMs);
  }

  #waitMs(reserveShare: number): number {
    const heldMs = this.#heldMs();
    if (heldMs > 0) return heldMs;
    this.#refill();
    const missing = 1 + this.#limit * reserveShare - this.#tokens;
    return missing > 0 ? Math.ceil((missing * WINDOW_MS) / this.#limit) : 0;
  }

  #heldMs(): number {
    const heldMs = this.#heldUntilMs - this.#clock.nowMs();
    // More than was ever asked for: the clock was set back.
    if (heldMs > MAX_HOLD_MS) this.#heldUntilMs = 0;
    return heldMs > MAX_HOLD_MS ? 0 : Math.max(0, heldMs);
  }

  #refill(): void {
    const nowMs = this.#clock.nowMs();
    const elapsedMs = Math.max(0, nowMs - this.#countedAtMs);
    this.#countedAtMs = nowMs;
    this.#tokens = Math.min(this.#limit, this.#tokens + (elapsedMs * this.#limit) / WINDOW_MS);
  }
}

function count(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) : undefined;
}
