import type { Stage } from '../crash-points.ts';

const MINUTE_MS = 60_000;

/** What a homeserver limits apart from each other. */
export type SendKind = 'message' | 'room';

/** How fast the homeserver takes what is sent: so much at once, and after that one by one, no matter who sends. */
export class SendLimit {
  readonly #stage: Stage;
  readonly #buckets = new Map<SendKind, { left: number; atMs: number }>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Takes one; gives the time to wait where it is not taken, else 0. */
  take(kind: SendKind): number {
    const { scenario, timeline } = this.#stage;
    const { sendRate } = scenario;
    if (sendRate === undefined) return 0;
    const { burst, perMinute } = sendRate;
    const { nowMs } = timeline;
    const bucket = this.#buckets.get(kind) ?? { left: burst, atMs: nowMs };
    const left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) * perMinute) / MINUTE_MS);
    this.#buckets.set(kind, { left: left < 1 ? left : left - 1, atMs: nowMs });
    return left < 1 ? Math.ceil(((1 - left) * MINUTE_MS) / perMinute) : 0;
  }
}
