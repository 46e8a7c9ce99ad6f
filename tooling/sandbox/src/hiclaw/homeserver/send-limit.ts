import { z } from 'zod';

/** What a homeserver allows an account, as Synapse's `rc_message` says it: a bucket that leaks so fast. */
export const sendLimitSchema = z.object({
  perSecond: z.number().positive(),
  /** Taken at once after a quiet time. */
  burst: z.int().positive(),
  /** Whom it holds for; for every account without it. */
  who: z.string().optional(),
  /** Names of the operations that count together. */
  operations: z.array(z.string()).default(['send']),
});

export type SendLimitInput = z.input<typeof sendLimitSchema>;

/** One request that the limit counts. */
export interface CountedRequest {
  readonly atMs: number;
  /** Zero when it was let through, else how long its sender was told to wait. */
  readonly retryAfterMs: number;
  /** Whether it came before a wait that the same account had been told was over. */
  readonly early: boolean;
}

interface Bucket {
  /** Requests that have not leaked out yet, at `atMs`. */
  level: number;
  atMs: number;
  notBeforeMs: number;
}

/** The limit of a homeserver on what accounts send; none at first. */
export class SendLimit {
  readonly #nowMs: () => number;
  readonly #buckets = new Map<string, Bucket>();
  #limit: z.output<typeof sendLimitSchema> | undefined;
  /** Every request that was counted, the oldest first. */
  readonly counted: CountedRequest[] = [];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Sets the limit, for everybody and with empty buckets; undefined takes it away. */
  set(limit: SendLimitInput | undefined): void {
    this.#limit = limit === undefined ? undefined : sendLimitSchema.parse(limit);
    this.#buckets.clear();
  }

  /** Zero when the request may pass, else how long its sender has to wait. What is refused does not count. */
  count(operation: string, who: string): number {
    const limit = this.#limit;
    if (limit === undefined || !limit.operations.includes(operation)) return 0;
    if (limit.who !== undefined && limit.who !== who) return 0;
    const atMs = this.#nowMs();
    const bucket = this.#buckets.get(who) ?? { level: 0, atMs, notBeforeMs: 0 };
    this.#buckets.set(who, bucket);
    bucket.level = Math.max(0, bucket.level - ((atMs - bucket.atMs) * limit.perSecond) / 1_000);
    bucket.atMs = atMs;
    const over = bucket.level + 1 - limit.burst;
    const retryAfterMs = over > 0 ? Math.ceil((over * 1_000) / limit.perSecond) : 0;
    if (retryAfterMs === 0) bucket.level += 1;
    this.counted.push({ atMs, retryAfterMs, early: atMs < bucket.notBeforeMs });
    if (retryAfterMs > 0) bucket.notBeforeMs = Math.max(bucket.notBeforeMs, atMs + retryAfterMs);
    return retryAfterMs;
  }
}
