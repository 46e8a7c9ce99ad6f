import { z } from 'zod';

/**
 * A fault that hits the next `count` requests which fit.
 *
 * `before`: the request has no effect. `after`: it takes effect and only its answer is lost.
 * `answer` is an HTTP status in the server's own error form (429 and 503 carry a wait where the protocol has one),
 * `hang-up` (the connection is cut) or `pass` (only `delayMs` counts).
 */
export const faultSchema = z.object({
  /** Name of an operation (`send`, `sync`, `login`, ... or `PutObject`, ...); `*` is any. */
  on: z.string().default('*'),
  /** Matrix user id or storage access key; without it everybody is hit, the workers too. */
  who: z.string().optional(),
  count: z.int().positive().default(1),
  moment: z.enum(['before', 'after']).default('before'),
  answer: z.union([z.int().min(400).max(599), z.literal('hang-up'), z.literal('pass')]),
  retryAfterMs: z.int().nonnegative().optional(),
  delayMs: z.int().nonnegative().default(0),
});

export type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

/** The faults that still wait for their requests, first come first served. */
export class FaultPlan {
  #waiting: Fault[] = [];

  add(fault: FaultInput): void {
    this.#waiting.push(faultSchema.parse(fault));
  }

  clear(): void {
    this.#waiting = [];
  }

  list(): readonly Fault[] {
    return this.#waiting;
  }

  /** Takes the first fault that fits and counts it down. */
  take(operation: string, who: string | undefined): Fault | undefined {
    const fault = this.#waiting.find(
      (each) => (each.on === '*' || each.on === operation) && (each.who === undefined || each.who === who),
    );
    if (fault === undefined) return undefined;
    this.#waiting = this.#waiting.flatMap((each) => {
      if (each !== fault) return [each];
      return each.count > 1 ? [{ ...each, count: each.count - 1 }] : [];
    });
    return fault;
  }
}
