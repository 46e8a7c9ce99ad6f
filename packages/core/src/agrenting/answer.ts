import { inQuotes } from '../domain/index.ts';
import { z } from 'zod';
import { namesErrors, parseApiError, type ApiError } from './api-error.ts';
import type { Body } from './bounded-body.ts';

/** What became of one request. */
export type Answer =
  /**
   * 2xx without errors; `data` is unwrapped, and undefined when the body was empty. `cursor` names
   * the next page, if there is one (Agrenting API reference, 13.2).
   */
  | {
      readonly kind: 'success';
      readonly status: number;
      readonly data: unknown;
      readonly cursor?: string | undefined;
    }
  | { readonly kind: 'failure'; readonly error: ApiError; readonly retryAfterMs?: number | undefined }
  /** 2xx, but nobody can say what it says. */
  | {
      readonly kind: 'unreadable';
      readonly status: number;
      readonly problem: string;
      readonly evidence: string;
    }
  /** 3xx, not followed. */
  | { readonly kind: 'redirected'; readonly status: number; readonly problem: string }
  /** Nothing was sent: our own budget is used up, or the key is refused. */
  | {
      readonly kind: 'limited';
      readonly problem: string;
      readonly retryAfterMs: number;
      /** Requests are used up, or the key is refused and somebody else asks whether it still is. */
      readonly because: 'limit' | 'refused';
    }
  /** No answer. */
  | { readonly kind: 'lost'; readonly nothingSent: boolean; readonly problem: string };

const envelope = z.object({
  data: z.unknown().optional(),
  meta: z
    .object({ pagination: z.object({ cursor: z.string().min(1).max(2000), has_more: z.literal(true) }) })
    .optional()
    .catch(undefined),
});

/** Reads the body of an answer that is no redirect (Agrenting API reference, 3). */
export function readAnswer(response: Response, body: Body, retryAfterMs: number | undefined): Answer {
  const { status, ok } = response;
  if (!ok) return { kind: 'failure', error: errorOf(response, body), retryAfterMs };
  const parsed = body.kind === 'text' ? parse(body.text) : undefined;
  if (body.kind === 'too_large') return unreadable(status, 'the answer is too large', 'over the limit');
  if (body.kind === 'broken') return { kind: 'lost', nothingSent: false, problem: 'the answer was cut off' };
  if (body.text.trim() === '') return { kind: 'success', status, data: undefined };
  if (parsed === undefined) {
    const type = response.headers.get('content-type');
    return unreadable(
      status,
      'the answer is no JSON',
      `${type === null ? 'no content type' : inQuotes(type, 80)}, ${body.text.length} characters`,
    );
  }
  if (namesErrors(parsed.json)) {
    return { kind: 'failure', error: parseApiError(status, parsed.json), retryAfterMs };
  }
  const wrapped = envelope.safeParse(parsed.json).data;
  const cursor = wrapped?.meta?.pagination.cursor;
  return { kind: 'success', status, data: wrapped?.data ?? parsed.json, cursor };
}

/** What an answer says went wrong. */
export function errorOf({ status }: Response, body: Body): ApiError {
  return parseApiError(status, body.kind === 'text' ? (parse(body.text)?.json ?? body.text) : undefined);
}

function unreadable(status: number, problem: string, evidence: string): Answer {
  return { kind: 'unreadable', status, problem, evidence: `HTTP ${status}: ${evidence}` };
}

function parse(text: string): { readonly json: unknown } | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return { json };
  } catch {
    return undefined;
  }
}
