/** What an outage makes of an answer. */
export type OutageAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** The connection is cut without an answer. */
  | { readonly kind: 'reset' }
  /** Nothing is ever said. */
  | { readonly kind: 'silence' };

function answer(
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): OutageAnswer {
  return { kind: 'answer', status, headers: { 'content-type': type, ...headers }, body };
}

const JSON_TYPE = 'application/json';
const HTML_TYPE = 'text/html; charset=utf-8';
const page = (title: string): string =>
  `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;

/** Each kind of answer that servers, and what stands before them, give in an outage. */
export const OUTAGE_ANSWERS = {
  '500': answer(500, JSON_TYPE, '{"error":"Internal Server Error"}'),
  '502 HTML': answer(502, HTML_TYPE, page('502 Bad Gateway')),
  '503': answer(503, 'text/plain', ''),
  '504': answer(504, HTML_TYPE, page('504 Gateway Time-out')),
  '403 HTML': answer(403, HTML_TYPE, page('403 Forbidden')),
  '404 HTML': answer(404, HTML_TYPE, page('404 Not Found')),
  '429': answer(429, JSON_TYPE, '{"error":"Too Many Requests"}', { 'retry-after': '30' }),
  reset: { kind: 'reset' },
  timeout: { kind: 'silence' },
  'empty 200': answer(200, JSON_TYPE, ''),
  'empty 204': answer(204, JSON_TYPE, ''),
  'captive portal': answer(200, HTML_TYPE, page('Welcome to the guest network')),
  'login page': answer(302, HTML_TYPE, page('Found'), { location: 'https://login.example/?next=/' }),
  'other JSON': answer(200, JSON_TYPE, '{"status":"ok","message":"maintenance until 06:00"}'),
} as const satisfies Readonly<Record<string, OutageAnswer>>;

export type OutageAnswerName = keyof typeof OUTAGE_ANSWERS;

/** Those behind which the request may have been carried out all the same. */
export const MAY_HAVE_BEEN_APPLIED: readonly OutageAnswerName[] = [
  '500',
  '502 HTML',
  '504',
  'reset',
  'timeout',
  'empty 200',
];
