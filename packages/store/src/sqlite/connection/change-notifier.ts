/** Tells listeners of this process that something was stored that may be due; many changes of one turn are one call. */
export class ChangeNotifier {
  readonly #listeners = new Set<() => void>();
  #pending: NodeJS.Immediate | undefined;

  /** Gives the function that ends it. */
  listen(listener: () => void): () => void {
    // Wrapped, so that the same function given twice is two listeners.
    const entry = (): void => listener();
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /** To be called after the commit. */
  announce(): void {
    if (this.#listeners.size === 0 || this.#pending !== undefined) return;
    this.#pending = setImmediate(() => {
      this.#pending = undefined;
      for (const listener of this.#listeners) listener();
    });
  }

  close(): void {
    clearImmediate(this.#pending);
    this.#listeners.clear();
  }
}
