import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@agrenting-hiclaw/core/domain';

interface Alarm {
  readonly atMs: number;
  readonly run: () => void;
}

/** Turns of the event loop in which whatever can go on without the clock and without a server has gone on. */
const TURNS = 6;

/** A clock whose time passes only while nobody waits for a real server. */
export class StageClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  #nowMs: number;
  #calls = 0;
  #allBack: () => void = () => undefined;
  /** Runs whenever everybody sleeps, before time moves on. */
  atRest: () => void = () => undefined;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  elapsedMs(): number {
    return this.#nowMs;
  }

  async sleep(waitMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.after(waitMs, wake);
      signal.addEventListener('abort', wake);
    });
  }

  /** Runs something once after `waitMs`; the function that is given takes it back. */
  after(waitMs: number, run: () => void): () => void {
    const alarm = { atMs: this.#nowMs + Math.max(0, waitMs), run };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Time stands still until the call has ended. */
  async during<T>(call: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await call();
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#allBack();
    }
  }

  /** Lets time pass until it is `untilMs`, or until `isOver`. */
  async pass(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      await this.#rest();
      this.atRest();
      if (isOver()) return;
      let next: Alarm | undefined;
      for (const alarm of this.#alarms) if (next === undefined || alarm.atMs < next.atMs) next = alarm;
      if (next === undefined || next.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#alarms.delete(next);
      next.run();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Resolves when nothing goes on any more but by the clock. */
  async #rest(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) {
      if (this.#calls > 0) {
        await new Promise<void>((resolve) => (this.#allBack = resolve));
        turn = 0;
      }
      await setImmediate();
    }
  }
}
