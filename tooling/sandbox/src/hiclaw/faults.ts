import { z } from 'zod';
import { sharedFaultFields, type RequestFaultKind } from '../fault-kinds.ts';

/** Those that make sense for a homeserver and an object storage. */
const faultKinds = [
  'error_before_apply',
  'error_after_apply',
  'connection_lost_before_apply',
  'connection_lost_after_apply',
  'rate_limit',
  'delay',
] as const satisfies readonly RequestFaultKind[];

/** A fault that strikes the next requests which fit. */
export const faultSchema = z.strictObject({
  kind: z.enum(faultKinds),
  /** Name of an operation (`send`, `sync`, `login`, ... or `PutObject`, ...); any request without it. */
  operation: z.string().optional(),
  /** Matrix user id or storage access key; without it everybody is struck, the workers too. */
  who: z.string().optional(),
  ...sharedFaultFields,
  /** HTTP status of an error, in the server's own form. */
  status: z.int().min(400).max(599).default(503),
});

/** The moment of the request at which it strikes. */
export function momentOf({ kind }: Fault): 'before' | 'after' | 'delay' {
  if (kind === 'delay') return 'delay';
  return kind === 'error_after_apply' || kind === 'connection_lost_after_apply' ? 'after' : 'before';
}

export function breaksConnection({ kind }: Fault): boolean {
  return kind === 'connection_lost_before_apply' || kind === 'connection_lost_after_apply';
}

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
      (each) =>
        (each.operation === undefined || each.operation === operation) &&
        (each.who === undefined || each.who === who),
    );
    if (fault === undefined) return undefined;
    this.#waiting = this.#waiting.flatMap((each) => {
      if (each !== fault) return [each];
      return each.times > 1 ? [{ ...each, times: each.times - 1 }] : [];
    });
    return fault;
  }
}
