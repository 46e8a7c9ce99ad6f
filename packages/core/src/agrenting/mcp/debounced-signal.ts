import type { Clock } from '../../domain/index.ts';

/** A wish that is remembered: however often it is made while nobody waits, it is fulfilled once. */
export class DebouncedSignal {
  readonly #clock: Clock;
  #wanted = false;
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  request(): void {
    this.#wanted = true;
    this.#waiting?.abort();
  }

  /** Resolves at the next wish, after `waitMs`, or when the signal aborts; true for a wish, which is then spent. */
  async wait(waitMs: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#wanted && !signal.aborted) {
      this.#waiting = new AbortController();
      await this.#clock.sleep(waitMs, AbortSignal.any([this.#waiting.signal, signal]));
      this.#waiting = undefined;
    }
    return this.spend();
  }

  /** True when there was a wish; there is none now. */
  spend(): boolean {
    const wanted = this.#wanted;
    this.#wanted = false;
    return wanted;
  }
}
