import type { Clock } from './clock.ts';

const windowMs = 60_000;
const lockoutMs = 5 * 60_000;
const maxCallers = 20_000;

export interface RateAllowance {
  limit: number;
  remaining: number;
  /** Set when the request is over the limit. */
  retryAfterSeconds?: number;
}

interface Window {
  startedAtMs: number;
  count: number;
  lockedUntilMs: number;
}

/** Requests in windows of 60 s, begun by the first one (Agrenting API reference, 13.1). */
export class RateLimits {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one request of a caller. With `lockout`, going over it shuts the caller out for five minutes (2.3). */
  take(caller: string, limit: number, options: { count: boolean; lockout: boolean }): RateAllowance {
    const now = this.#clock.now();
    const window = this.#window(caller, now);
    if (window.lockedUntilMs > now) return over(limit, window.lockedUntilMs - now);
    if (options.count) window.count += 1;
    const remaining = Math.max(0, limit - window.count);
    if (window.count <= limit) return { limit, remaining };
    if (options.lockout) window.lockedUntilMs = now + lockoutMs;
    return over(limit, options.lockout ? lockoutMs : window.startedAtMs + windowMs - now);
  }

  #window(caller: string, now: number): Window {
    const known = this.#windows.get(caller);
    if (known !== undefined && (now - known.startedAtMs < windowMs || known.lockedUntilMs > now))
      return known;
    const window: Window = { startedAtMs: now, count: 0, lockedUntilMs: 0 };
    this.#windows.delete(caller);
    this.#windows.set(caller, window);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > maxCallers && oldest !== undefined) this.#windows.delete(oldest);
    return window;
  }
}

function over(limit: number, waitMs: number): RateAllowance {
  return { limit, remaining: 0, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) };
}
