import { inQuotes } from '../domain/index.ts';
import { z } from 'zod';
import { outsideText } from './outside-text.ts';

/** What went wrong, in one shape whatever form it came in (Agrenting API reference, 3.2). */
export interface ApiError {
  /** HTTP status; a success status when the body of a success names errors. */
  readonly status: number;
  /** Upper case, such as `NOT_FOUND`. */
  readonly code?: string | undefined;
  /** One line, without credentials. */
  readonly message: string;
  /** As it came: not for logs. */
  readonly details?: unknown;
  /** Where it came in none of the documented JSON forms: as text, or as a page, nothing or other JSON. */
  readonly foreign?: 'text' | 'other' | undefined;
}

const fields = z.record(z.string(), z.unknown());
const list = z.array(z.unknown());

/** True when the body of a success names errors, which makes it a failure (Agrenting API reference, 3.1). */
export function namesErrors(body: unknown): boolean {
  const errors = fields.safeParse(body).data?.['errors'];
  if (errors === undefined || errors === null || errors === '') return false;
  return Object.keys(errors).length > 0;
}

/** Reads any of the documented error forms; never fails. */
export function parseApiError(status: number, body: unknown): ApiError {
  const found = findError(body);
  const described = typeof found === 'string' ? { message: found } : describe(found ?? {});
  const message = outsideText(described.message) || `HTTP ${status}`;
  return { status, ...described, message, ...(isDocumented(body) ? {} : { foreign: foreignForm(body) }) };
}

/** A body with `errors` or `error` is of one of the documented forms, unless there is nothing in it. */
function isDocumented(body: unknown): boolean {
  const top = fields.safeParse(body).data;
  const named = top?.['errors'] ?? top?.['error'];
  return named !== undefined && named !== null && Object.keys(named).length > 0;
}

function foreignForm(body: unknown): 'text' | 'other' {
  return typeof body === 'string' && body.trim() !== '' && !isMarkup(body) ? 'text' : 'other';
}

/** The failure in a sentence of ours; what the marketplace said of it is in quotation marks. */
export function describeApiError({
  status,
  code,
  message,
}: Pick<ApiError, 'status' | 'code' | 'message'>): string {
  const said = [code ?? '', message === `HTTP ${status}` ? '' : message]
    .filter((part) => part !== '')
    .join(': ');
  return said === '' ? `HTTP ${status}` : `HTTP ${status}, ${inQuotes(said)}`;
}

/** The part of a body that describes the first error. */
function findError(body: unknown): string | Record<string, unknown> | undefined {
  if (typeof body === 'string') return isMarkup(body) ? undefined : body;
  const top = fields.safeParse(body).data;
  if (top === undefined) return undefined;
  const errors: unknown = top['errors'] ?? top['error'] ?? top;
  const first: unknown = list.safeParse(errors).data?.[0] ?? errors;
  return typeof first === 'string' ? first : fields.safeParse(first).data;
}

function describe(error: Record<string, unknown>): Omit<ApiError, 'status'> {
  const named = error['message'] ?? error['detail'] ?? error['title'];
  const code = error['code'];
  const details = error['details'] ?? error['field'];
  // Errors by field may replace the message.
  const byField = named === undefined && code === undefined ? error : (fields.safeParse(details).data ?? {});
  const parts = typeof named === 'string' ? [named, ...fieldMessages(byField)] : fieldMessages(byField);
  return {
    message: parts.join('; '),
    ...(typeof code === 'string' && { code: outsideText(code).toUpperCase() }),
    ...(details !== undefined && details !== null && { details }),
  };
}

function fieldMessages(byField: Record<string, unknown>): string[] {
  return Object.entries(byField)
    .slice(0, 3)
    .map(([field, why]) => {
      const first: unknown = list.safeParse(why).data?.[0] ?? why;
      return typeof first === 'string' ? `${field}: ${first}` : field;
    });
}

function isMarkup(text: string): boolean {
  return /^\s*</.test(text);
}
