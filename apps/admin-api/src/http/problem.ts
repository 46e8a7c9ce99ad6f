import { CommandError, CursorError, EXIT } from '@agrenting-hiclaw/operations';
import { ANSWER_REFUSALS, StoreError } from '@agrenting-hiclaw/core/domain';
import { HTTPException } from 'hono/http-exception';

const TITLES: Readonly<Record<number, string>> = {
  400: 'This cannot be read',
  401: 'Nobody knows you',
  403: 'You may not do this',
  404: 'There is no such thing',
  405: 'This cannot be done here',
  409: 'It does not fit how things are',
  413: 'This is too much',
  415: 'This is no JSON',
  421: 'This came to the wrong place',
  422: 'This is not taken',
  424: 'The other side did not do it',
  429: 'Too much at once',
  503: 'Not now',
};

/** What programs tell refusals of commands apart by. */
export const PROBLEM_CODES = ['busy', 'changed', 'unfit', ...ANSWER_REFUSALS] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface ProblemOptions {
  /** What to do about it. */
  readonly todo?: string | undefined;
  /** Which case it is, for programs. */
  readonly code?: ProblemCode | undefined;
  /** The present version of what has changed. */
  readonly version?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The methods that there are. */
  readonly allow?: readonly string[] | undefined;
}

/** Why a request is not answered as it was asked (RFC 9457). Never holds a secret, or text of the request. */
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

  /** As it is told. */
  toJSON() {
    return {
      type: 'about:blank',
      title: TITLES[this.status] ?? 'It did not work',
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

/** What was thrown, as a problem; undefined for a bug. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof CursorError) return new Problem(400, error.message, { todo: error.remedy });
  if (error instanceof CommandError) {
    const status = error.exitCode === EXIT.usage ? 422 : error.exitCode === EXIT.failed ? 409 : 424;
    return new Problem(status, error.message, { todo: error.remedy });
  }
  if (error instanceof StoreError) return new Problem(503, error.message, { todo: error.remedy });
  if (error instanceof HTTPException) {
    const status = error.status >= 400 && error.status < 500 ? error.status : 400;
    return new Problem(status, status === 400 ? 'the body is no JSON' : error.message, {
      todo: 'See /api/v1/openapi.json for what is taken.',
    });
  }
  return undefined;
}

/** Runs what another side is to do; its refusal is 424, not the 409 of what does not fit here. */
export async function fromOtherSide<Outcome>(todo: string, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode !== EXIT.failed) throw error;
    throw new Problem(424, error.message, { todo: error.remedy ?? todo });
  }
}
