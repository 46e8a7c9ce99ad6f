/** Turns of the event loop after the store was last written: group commit, its answer, the wake signal that follows. */
const TURNS_AFTER_WRITE = 3;

/**
 * Knows when nothing moves any more. Only the store leaves anything to a later turn of the event loop,
 * and only after a write; all else is done when the microtasks are.
 */
export class EventLoopIdle {
  #turnsLeft = 0;

  /** A call was made that leaves something to later turns. */
  wrote(): void {
    this.#turnsLeft = TURNS_AFTER_WRITE;
  }

  /** Resolves when every promise that can settle without time passing has done so. */
  async reached(): Promise<void> {
    do {
      this.#turnsLeft = Math.max(0, this.#turnsLeft - 1);
      await turn();
    } while (this.#turnsLeft > 0);
  }
}

async function turn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
