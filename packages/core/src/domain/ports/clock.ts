/** Time, injected so that tests run whole days in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves after `waitMs`, or at once when the signal aborts. Never rejects. */
  sleep(waitMs: number, signal: AbortSignal): Promise<void>;
}
