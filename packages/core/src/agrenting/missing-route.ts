import type { ApiError } from './api-error.ts';

/** True for a 404 that speaks of the hiring; a missing route is another thing. */
function namesHiring({ code, message }: Pick<ApiError, 'code' | 'message'>): boolean {
  if (code !== undefined) return code === 'NOT_FOUND' || code === 'HIRING_NOT_FOUND';
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
