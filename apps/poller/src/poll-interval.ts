import type { PendingList } from '@agrenting-hiclaw/app';
import { nextWaitMs, type Random } from '@agrenting-hiclaw/core/domain';

export interface PollIntervalOptions {
  /** From one look to the next while all is well, in milliseconds. */
  readonly everyMs: number;
  readonly random: Random;
}

/** Longest wait that the marketplace can ask for. */
const MAX_ASKED_MS = 10 * 60_000;
/** Waits grow up to so many times the usual one while nothing answers. */
const GROWTH = 10;
/** And up to so many while the key is refused: asking on would only lock the address out. */
const UNAUTHORIZED_GROWTH = 30;

/** Says how long to wait between looks: longer while the marketplace asks for it or does not answer. */
export class PollInterval {
  readonly #options: PollIntervalOptions;
  #lastWaitMs = 0;

  constructor(options: PollIntervalOptions) {
    this.#options = options;
  }

  /** The wait after these looks, in milliseconds. */
  after(looks: readonly PendingList[]): number {
    const { everyMs, random } = this.#options;
    const failures = looks.filter((look) => look.kind === 'failed');
    const askedMs = Math.min(MAX_ASKED_MS, Math.max(0, ...failures.map((look) => look.retryAfterMs ?? 0)));
    if (failures.length < looks.length) {
      this.#lastWaitMs = 0;
      // A little earlier by chance, so that many agents do not keep polling at the same time.
      return Math.max(askedMs, everyMs * (0.8 + 0.2 * random()));
    }
    const growth = failures.some(({ unauthorized }) => unauthorized) ? UNAUTHORIZED_GROWTH : GROWTH;
    const backoff = { baseMs: everyMs, capMs: growth * everyMs };
    this.#lastWaitMs = nextWaitMs(Math.max(this.#lastWaitMs, everyMs), backoff, random);
    return Math.max(askedMs, this.#lastWaitMs);
  }
}
