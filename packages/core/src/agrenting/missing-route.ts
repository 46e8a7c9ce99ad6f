import { describeApiError, type ApiError } from './api-error.ts';

/** True for a 404 that speaks of the hiring; a missing route is another thing. */
function namesHiring({ code, message }: Pick<ApiError, 'code' | 'message'>): boolean {
  if (code !== undefined) return code === 'NOT_FOUND' || code === 'HIRING_NOT_FOUND';
  // theirs: of the marketplace
  return /\bhiring\b/i.test(message) && !/\broute\b/i.test(message);
}

/** True when the marketplace has no such route for the request, so that nothing came of it (Agrenting API reference, 3.3). */
export function isMissingRoute(error: Pick<ApiError, 'status' | 'code' | 'message'>): boolean {
  switch (error.status) {
    case 404:
      return !namesHiring(error);
    case 405:
    case 410:
    case 501:
      return true;
    default:
      return false;
  }
}

/** Statuses with which a firewall, a proxy or a portal says no, whatever it thinks of the request. */
const GATES_NO: ReadonlySet<number> = new Set([400, 403, 406, 411, 412, 413, 414, 415, 421, 431, 451]);

/**
 * True for a 4xx that is not the marketplace's own word, so that a proxy in front of it seems to have turned the
 * request away: it decides nothing about the request or the key, and another way may lead past it. A text alone is one of
 * the documented forms, but for a refused key only (Agrenting API reference, 2.5 and 3.2).
 */
export function isTurnedAway(error: ApiError): boolean {
  const { status, foreign } = error;
  if (status === 401) return foreign === 'other';
  if (GATES_NO.has(status)) return foreign !== undefined;
  return status === 422 && isWordless(error);
}

/**
 * True where a request is refused for its size, by the marketplace or by a proxy in front of it: a smaller one may be
 * taken (Agrenting API reference, 3.2 and 10).
 */
export function isTooLarge({ status, code = '' }: Pick<ApiError, 'status' | 'code'>): boolean {
  return status === 413 || (status >= 400 && status < 500 && TOO_LARGE.test(code));
}

/** As `PAYLOAD_TOO_LARGE` and its like, with a status that says less. */
const TOO_LARGE = /^(?:[A-Z]{1,30}_){0,4}TOO_(?:LARGE|BIG)$/;

/** What that means, for an operator who may know what stands there. */
export function turnedAwayProblem(error: ApiError): string {
  return `the request was rejected by a proxy or firewall in front of the marketplace (${describeApiError(error)}, not in the marketplace's form)`;
}

/**
 * True for a 4xx in which the marketplace itself says nothing: a page or an empty body is what a gateway, a firewall or
 * a portal in front of it answers, so it decides nothing about the request.
 */
export function isWordless({
  status,
  code,
  message,
}: Pick<ApiError, 'status' | 'code' | 'message'>): boolean {
  return code === undefined && message === `HTTP ${status}`;
}
