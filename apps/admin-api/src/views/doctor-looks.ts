/** What was found when it was looked. */
export interface Looked<Found> {
  readonly atMs: number;
  readonly found: Found;
}

export interface DoctorLooksOptions<Found> {
  readonly look: () => Promise<Found>;
  /** The time of day. */
  readonly nowMs: () => number;
  /** Of a clock that is never set. */
  readonly elapsedMs: () => number;
}

/** A look asks the marketplace much, and within its bounds hirings have to be answered, too. */
const GOOD_FOR_MS = 60_000;

/** Looks at everything at most once at a time and once a minute, and remembers what was found last. */
export class DoctorLooks<Found> {
  readonly #options: DoctorLooksOptions<Found>;
  #last: (Looked<Found> & { readonly elapsedMs: number }) | undefined;
  #current: Promise<Looked<Found>> | undefined;

  constructor(options: DoctorLooksOptions<Found>) {
    this.#options = options;
  }

  /** What was found last, for those who may not have it looked; undefined while nobody had. */
  get last(): Looked<Found> | undefined {
    return this.#last;
  }

  /** Looks, unless it was looked within the last minute or is being looked. Rejects as the look does; the next one looks again. */
  async fresh(): Promise<Looked<Found>> {
    const { look, nowMs, elapsedMs } = this.#options;
    if (this.#last !== undefined && elapsedMs() - this.#last.elapsedMs < GOOD_FOR_MS) return this.#last;
    this.#current ??= look()
      .then((found) => (this.#last = { atMs: nowMs(), found, elapsedMs: elapsedMs() }))
      .finally(() => (this.#current = undefined));
    return await this.#current;
  }
}
