/**
 * Where the marketplace takes its time from. Everything whose age decides behaviour (probes, keep-alives, session and
 * idempotency ages, rate windows) asks this, so that tests move time instead of waiting for it.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `run` once after `delayMs`; the returned function takes it back. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

interface Alarm {
  at: number;
  run: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: number;
  readonly #alarms = new Set<Alarm>();

  constructor(startMs: number = Date.UTC(2026, 10, 23, 10)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm: Alarm = { at: this.#now + Math.max(0, delayMs), run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** How many alarms are set; a test that waits for one to be set polls this. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Moves time forward and runs every alarm on the way at its own moment, those set on the way too. */
  advance(byMs: number): void {
    const target = this.#now + byMs;
    for (let next = this.#earliest(target); next !== undefined; next = this.#earliest(target)) {
      this.#now = Math.max(this.#now, next.at);
      this.#alarms.delete(next);
      next.run();
    }
    this.#now = target;
  }

  #earliest(notAfter: number): Alarm | undefined {
    let found: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at <= notAfter && (found === undefined || alarm.at < found.at)) found = alarm;
    }
    return found;
  }
}

/** A clock whose alarms can be taken back all at once, so that nothing fires after `close()`. */
export class ScopedClock implements Clock {
  readonly #clock: Clock;
  readonly #cancels = new Set<() => void>();
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, run: () => void): () => void {
    if (this.#closed) return () => {};
    const cancel = (): void => {
      this.#cancels.delete(cancel);
      stop();
    };
    const stop = this.#clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
    return cancel;
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
  }
}
