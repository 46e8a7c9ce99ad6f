import { inQuotes } from '@agrenting-hiclaw/core/domain';
import {
  ConnectionError,
  HTTPError,
  MatrixError,
  safeGetRetryAfterMs,
} from 'matrix-js-sdk/lib/http-api/index.js';
import { describeConnectionError } from '../http/connection-error.ts';

/** Why a request to the homeserver did not do what it should. */
export type HomeserverFailure =
  /** Asked for patience; nothing was done. */
  | { readonly kind: 'limited'; readonly retryAfterMs: number }
  /** The access token is no good (any more); nothing was done. */
  | { readonly kind: 'token'; readonly problem: string }
  /**
   * A definite no of the homeserver itself; nothing was done. `code` is Matrix's `errcode`. It is empty for a redirect and
   * for a request that is too large, which others say for it.
   */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly problem: string }
  /**
   * No answer, one that cannot be understood, or one of a gateway before the homeserver: nobody knows what was done.
   * `tooLarge`: the answer is larger than what is
   * read, and will be again unless less is asked for.
   */
  | { readonly kind: 'lost'; readonly problem: string; readonly tooLarge?: boolean };

/** What to tell a person of it. */
export function problemOf(failure: HomeserverFailure): string {
  return failure.kind === 'limited' ? 'the homeserver limits requests: try again later' : failure.problem;
}

/** What became of something that failed: a definite no, or something that may be tried again later. */
export type Undone =
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

/** What a failure means for a caller that may try again; `refused` says what the homeserver's no means to a person. */
export function undoneBy(failure: HomeserverFailure, refused: (problem: string) => string): Undone {
  switch (failure.kind) {
    case 'limited':
      return { kind: 'unavailable', problem: problemOf(failure), retryAfterMs: failure.retryAfterMs };
    case 'lost':
      return { kind: 'unavailable', problem: failure.problem };
    case 'token':
      return { kind: 'refused', problem: failure.problem };
    case 'refused':
      return { kind: 'refused', problem: refused(failure.problem) };
  }
}

const DEFAULT_PATIENCE_MS = 5_000;
/** A server that asks for more is asked again after this time. */
const MAX_PATIENCE_MS = 600_000;
const MAX_TEXT = 200;
const TOO_LARGE = 413;
const GATEWAY = 'something before it answered. Check the address, and the gateway or proxy there';

/** Reads what the library threw. Never quotes more than a line of what the server said. */
export function failureOf(error: unknown, url: string): HomeserverFailure {
  if (error instanceof ConnectionError) {
    // theirs: of matrix-js-sdk
    const what = error.message.replace(/^fetch failed: /, '');
    return { kind: 'lost', problem: `the homeserver at ${url} ${what}` };
  }
  if (!(error instanceof HTTPError)) {
    return { kind: 'lost', problem: `the homeserver at ${url} ${describeConnectionError(error)}` };
  }
  const status = error.httpStatus ?? 0;
  const code = error instanceof MatrixError ? oneLine(error.errcode) : '';
  if (status === 429 || code === 'M_LIMIT_EXCEEDED') {
    const asked = askedMs(error);
    return { kind: 'limited', retryAfterMs: Math.min(MAX_PATIENCE_MS, Math.max(0, asked)) };
  }
  const said = error instanceof MatrixError ? oneLine(error.error) : '';
  const words = [code, said].filter((part) => part !== '').join(' ');
  const answer = `the homeserver at ${url} answered ${status}${words === '' ? '' : ` ${inQuotes(words)}`}`;
  if (status >= 400 && status < 500 && code === '' && status !== TOO_LARGE) {
    return { kind: 'lost', problem: `${answer}, without the error code that a homeserver gives: ${GATEWAY}` };
  }
  if (status === 401) {
    return {
      kind: 'token',
      problem: `${answer}: the access token is no longer valid. Log in to the adapter's account again and set the new token`,
    };
  }
  if (status >= 500 || status === 408 || status < 300) return { kind: 'lost', problem: answer };
  if (status < 400) {
    return {
      kind: 'refused',
      status,
      code,
      problem: `${answer}, a redirect: set the address that it leads to`,
    };
  }
  return { kind: 'refused', status, code, problem: answer };
}

/** Whether the homeserver itself said that something is not there, or not there for us. */
export function saysAbsent(failure: HomeserverFailure): boolean {
  return failure.kind === 'refused' && ABSENT_CODES.has(failure.code);
}

const ABSENT_CODES: ReadonlySet<string> = new Set(['M_NOT_FOUND', 'M_FORBIDDEN']);

/**
 * Whether the homeserver itself refused something that it understood: then what was to end is over already, or is no longer
 * ours to end. One that does not know the request (`M_UNRECOGNIZED`) says nothing of that.
 */
export function saysOver(failure: HomeserverFailure): boolean {
  return failure.kind === 'refused' && failure.code !== '' && failure.code !== 'M_UNRECOGNIZED';
}

/** The header counts whole seconds: where the body says the same more finely, that is meant (Matrix client-server API, rate limiting). */
function askedMs(error: HTTPError): number {
  const asked = safeGetRetryAfterMs(error, DEFAULT_PATIENCE_MS);
  const finer: unknown = error instanceof MatrixError ? error.data['retry_after_ms'] : undefined;
  return typeof finer === 'number' && finer > asked - 1_000 && finer <= asked ? finer : asked;
}

function oneLine(text: unknown): string {
  return typeof text === 'string' ? text.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT) : '';
}
