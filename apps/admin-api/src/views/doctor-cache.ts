/** What was found when it was looked. */
export interface CachedReport<Found> {
  readonly atMs: number;
  readonly found: Found;
}

export interface DoctorCacheOptions<Found> {
  readonly runChecks: () => Promise<Found>;
  /** The time of day. */
  readonly nowMs: () => number;
  /** Of a clock that is never set. */
  readonly elapsedMs: () => number;
}

/** A look asks the marketplace much, and within its bounds hirings have to be answered, too. */
const GOOD_FOR_MS = 60_000;

/** Looks at everything at most once at a time and once a minute, and remembers what was found last. */
export class DoctorCache<Found> {
  readonly #options: DoctorCacheOptions<Found>;
  #last: (CachedReport<Found> & { readonly elapsedMs: number }) | undefined;
  #current: Promise<CachedReport<Found>> | undefined;

  constructor(options: DoctorCacheOptions<Found>) {
    this.#options = options;
  }

  /** What was found last, for those who may not have it looked; undefined while nobody had. */
  get last(): CachedReport<Found> | undefined {
    return this.#last;
  }

  /** Looks, unless it was looked within the last minute or is being looked. Rejects as the look does; the next one looks again. */
  async fresh(): Promise<CachedReport<Found>> {
    const { runChecks, nowMs, elapsedMs } = this.#options;
    if (this.#last !== undefined && elapsedMs() - this.#last.elapsedMs < GOOD_FOR_MS) return this.#last;
    this.#current ??= runChecks()
      .then((found) => (this.#last = { atMs: nowMs(), found, elapsedMs: elapsedMs() }))
      .finally(() => (this.#current = undefined));
    return await this.#current;
  }
}
