/** Time, injected so that tests run whole days in milliseconds. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Milliseconds since some moment, never set back: for how long something took, whatever is done to the time of day. */
  elapsedMs(): number;
  /** Resolves after `waitMs`, or at once when the signal aborts. Never rejects. */
  sleep(waitMs: number, signal: AbortSignal): Promise<void>;
}
