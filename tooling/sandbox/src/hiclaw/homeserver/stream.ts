/** The one order in which everything happened, and who waits for more of it. */
export class Stream {
  #position = 0;
  #closed = false;
  readonly #waiting = new Map<string, Set<() => void>>();

  get position(): number {
    return this.#position;
  }

  get closed(): boolean {
    return this.#closed;
  }

  advance(): number {
    this.#position += 1;
    return this.#position;
  }

  /** Wakes the long polls of these users. */
  notify(userIds: Iterable<string>): void {
    for (const userId of userIds) {
      for (const wake of this.#waiting.get(userId) ?? []) wake();
    }
  }

  /** Resolves at the next change for the user, after the time, at abort or at close, whichever is first. */
  wait(userId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.#waiting.get(userId) ?? new Set();
      this.#waiting.set(userId, waiters);
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        waiters.delete(wake);
        if (waiters.size === 0 && this.#waiting.get(userId) === waiters) this.#waiting.delete(userId);
        resolve();
      };
      const timer = setTimeout(wake, timeoutMs);
      signal.addEventListener('abort', wake);
      waiters.add(wake);
    });
  }

  close(): void {
    this.#closed = true;
    this.notify(this.#waiting.keys());
  }
}
