import type { Refusal } from './refusal.ts';
import type { Switches } from './switches.ts';

export interface Page {
  total_count: number;
  cursor: string | null;
  has_more: boolean;
}

/** The body of a success (Agrenting API reference, 3.1). */
export function successBody(data: unknown, nowMs: number, pagination?: Page): string {
  const meta = { version: '1.0', timestamp: new Date(nowMs).toISOString() };
  return JSON.stringify({
    data,
    meta: pagination === undefined ? meta : { ...meta, pagination },
    errors: [],
  });
}

/** The body of an error in one of the forms a client must bear (Agrenting API reference, 3.2; 13.1 for 429). */
export function errorBody(
  refusal: Refusal,
  form: Switches['error_envelope'],
  nowMs: number,
): { body: string; contentType: string } {
  const { status, code, message, details } = refusal;
  if (form === 'text') {
    return { body: status === 401 ? 'Unauthorized' : message, contentType: 'text/plain; charset=utf-8' };
  }
  const contentType = 'application/json; charset=utf-8';
  if (form === 'object') return { body: JSON.stringify({ errors: { message } }), contentType };
  if (form === 'strings') return { body: JSON.stringify({ errors: [message] }), contentType };
  if (status === 429) {
    return { body: JSON.stringify({ errors: [{ code, message }], meta: { version: '1.0' } }), contentType };
  }
  const meta = { version: '1.0', timestamp: new Date(nowMs).toISOString() };
  return { body: JSON.stringify({ data: null, meta, errors: [{ code, message, details }] }), contentType };
}
