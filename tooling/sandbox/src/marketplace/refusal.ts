/** Why the marketplace did not do what it was asked; becomes one of the error envelopes (Agrenting API reference, 3.2). */
export interface Refusal {
  status: number;
  code: string;
  message: string;
  details: Record<string, unknown>;
  /** Seconds for the `retry-after` header. */
  retryAfterSeconds?: number;
}

export interface Refused {
  ok: false;
  refusal: Refusal;
}

export type Outcome<Value> = { ok: true; value: Value } | Refused;

export function accepted<Value>(value: Value): { ok: true; value: Value } {
  return { ok: true, value };
}

export function refused(
  status: number,
  code: string,
  message: string,
  details: Record<string, unknown> = {},
): Refused {
  return { ok: false, refusal: { status, code, message, details } };
}

/** 422 with field-level messages in `details` (Agrenting API reference, 3.3). */
export function invalid(details: Record<string, string[]>): Refused {
  const [field, messages] = Object.entries(details)[0] ?? ['request', ['is invalid']];
  return refused(422, 'VALIDATION_ERROR', `${field} ${messages[0] ?? 'is invalid'}`, details);
}

export function notFound(what: string): Refused {
  return refused(404, 'NOT_FOUND', `${what} not found`);
}

export function unauthorized(): Refused {
  return refused(401, 'UNAUTHORIZED', 'Missing or invalid authentication');
}

export function forbidden(why: string): Refused {
  return refused(403, 'FORBIDDEN', why);
}

/** The in-process handles throw this: in a test's set-up a refusal is a mistake of the test. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`the marketplace refused: ${refusal.status} ${refusal.code}: ${refusal.message}`);
    this.name = 'RefusedError';
    this.refusal = refusal;
  }
}

export function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new RefusedError(outcome.refusal);
  return outcome.value;
}
