import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@agrenting-hiclaw/core/domain';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Turns of the event loop in which whatever can go on without the clock has gone on. */
const TURNS = 12;

/** A clock whose time passes only while everybody sleeps. */
export class VirtualClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  readonly #show: (nowMs: number) => void;
  #nowMs: number;

  /** @param show is called with each moment */
  constructor(startMs: number, show: (nowMs: number) => void) {
    this.#nowMs = startMs;
    this.#show = show;
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
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { atMs: this.#nowMs + Math.max(0, waitMs), wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', wake);
    });
  }

  /** Lets time pass until `forMs` from now, or until `isThere`; gives how long that was. */
  async pass(forMs: number, isThere: () => Promise<boolean> = async () => false): Promise<number> {
    const startMs = this.#nowMs;
    for (;;) {
      for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
      if (await isThere()) return this.#nowMs - startMs;
      const [next] = [...this.#sleepers].toSorted((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > startMs + forMs) break;
      this.#set(Math.max(this.#nowMs, next.atMs));
      next.wake();
    }
    this.#set(startMs + forMs);
    return forMs;
  }

  #set(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#show(nowMs);
  }
}
