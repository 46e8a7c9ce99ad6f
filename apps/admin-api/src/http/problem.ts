import { ANSWER_REFUSALS, StoreError } from '@agrenting-hiclaw/core/domain';
import {
  OperationError,
  type OperationErrorCode,
  type OperationErrorKind,
} from '@agrenting-hiclaw/operations/operation-error';
import { HTTPException } from 'hono/http-exception';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Authentication required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  421: 'Misdirected Request',
  422: 'Unprocessable Content',
  424: 'Failed Dependency',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** Machine-readable codes of refused commands. */
export const PROBLEM_CODES = ['busy', 'changed', 'unfit', ...ANSWER_REFUSALS] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface ProblemOptions {
  /** What to do about it. */
  readonly todo?: string | undefined;
  /** Machine-readable reason. */
  readonly code?: ProblemCode | undefined;
  /** The present version of what has changed. */
  readonly version?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The allowed methods. */
  readonly allow?: readonly string[] | undefined;
}

/** A refused or failed request (RFC 9457). Never holds a secret, or text of the request. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly todo: string | undefined;
  readonly code: ProblemCode | undefined;
  readonly version: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(status: number, detail: string, options: ProblemOptions = {}) {
    const { todo, code, version, retryAfterSeconds, allow } = options;
    super(detail);
    this.status = status;
    this.todo = todo;
    this.code = code;
    this.version = version;
    this.retryAfterSeconds = retryAfterSeconds;
    this.allow = allow;
  }

  /** The body of the response. */
  toJSON() {
    return {
      type: 'about:blank',
      title: TITLES[this.status] ?? 'Internal Server Error',
      status: this.status,
      detail: this.message,
      todo: this.todo,
      code: this.code,
      version: this.version,
    };
  }

  toResponse(): Response {
    const headers = new Headers({ 'content-type': 'application/problem+json' });
    if (this.retryAfterSeconds !== undefined) headers.set('retry-after', String(this.retryAfterSeconds));
    if (this.allow !== undefined) headers.set('allow', this.allow.join(', '));
    if (this.status === 401) headers.set('www-authenticate', 'Bearer');
    return new Response(JSON.stringify(this), { status: this.status, headers });
  }
}

/** A local conflict is 409; what another system did not do, or did nobody knows how far, is 424. */
const STATUS_OF_OPERATION: Readonly<Record<OperationErrorKind, number>> = {
  invalid: 400,
  not_found: 404,
  misconfigured: 422,
  exists: 409,
  conflict: 409,
  refused: 424,
  unavailable: 424,
  unknown: 424,
};

const REMEDIES: Readonly<Record<OperationErrorCode, string>> = {
  worker_registered: 'To register it a second time, use `agrenting-hiclaw register --force`.',
};

/** What was thrown, as a problem; undefined for a bug. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof OperationError) {
    const { message, kind, code, remedy = code === undefined ? undefined : REMEDIES[code] } = error;
    return new Problem(STATUS_OF_OPERATION[kind], message, { todo: remedy });
  }
  if (error instanceof StoreError) return new Problem(503, error.message, { todo: error.remedy });
  if (error instanceof HTTPException) {
    const status = error.status >= 400 && error.status < 500 ? error.status : 400;
    return new Problem(status, status === 400 ? 'The body is not JSON.' : error.message, {
      todo: 'See /api/v1/openapi.json for valid requests.',
    });
  }
  return undefined;
}
