import type { Fetch } from '@agrenting-hiclaw/core/agrenting';

/** One request, response or part of a stream, without secrets and texts. */
export interface Frame {
  readonly at: string;
  readonly kind: 'request' | 'response' | 'event-stream';
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

export interface Recorder {
  readonly fetch: Fetch;
  readonly frames: readonly Frame[];
}

const SHOWN_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'date',
  'idempotency-key',
  'link',
  'location',
  'retry-after',
  'server',
]);
const SHOWN_PREFIXES = ['x-ratelimit', 'ratelimit', 'mcp-'];
/** Fields whose values are part of the shape, not somebody's text. */
const SHOWN_FIELDS: ReadonlySet<string> = new Set([
  'status',
  'code',
  'type',
  'jsonrpc',
  'method',
  'uri',
  'protocolVersion',
  'delivery_mode',
  'pricing_model',
  'mimeType',
]);
const MAX_BODY = 64 * 1024;

/** A `fetch` that records requests and responses. Texts are replaced by their length, so that only shapes are left. */
export function createRecorder(now: () => Date): Recorder {
  const frames: Frame[] = [];
  const fetch: Fetch = async (input, init = {}) => {
    const url = withoutIds(input instanceof Request ? input.url : input.toString());
    const at = now().toISOString();
    const method = init.method ?? 'GET';
    const sent = typeof init.body === 'string' ? formOfText(init.body) : undefined;
    frames.push({
      at,
      kind: 'request',
      method,
      url,
      headers: shownHeaders(new Headers(init.headers)),
      body: sent,
    });
    const response = await globalThis.fetch(input, init);
    const headers = shownHeaders(response.headers);
    const isStream = headers['content-type']?.includes('text/event-stream') === true;
    if (isStream || response.body === null) {
      frames.push({ at: now().toISOString(), kind: 'response', url, status: response.status, headers });
      return isStream
        ? recorded(
            response,
            (text) =>
              void frames.push({
                at: now().toISOString(),
                kind: 'event-stream',
                url,
                body: text.split('\n').map(formOfLine),
              }),
          )
        : response;
    }
    const text = await response.text();
    frames.push({
      at: now().toISOString(),
      kind: 'response',
      url,
      status: response.status,
      headers,
      body: formOfText(text),
    });
    return new Response(text, { status: response.status, headers: response.headers });
  };
  return { fetch, frames };
}

function recorded(response: Response, record: (text: string) => void): Response {
  const decoder = new TextDecoder();
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        record(decoder.decode(chunk, { stream: true }));
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(body ?? null, { status: response.status, headers: response.headers });
}

function shownHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    [...headers].map(([name, value]) => {
      const shown = SHOWN_HEADERS.has(name) || SHOWN_PREFIXES.some((prefix) => name.startsWith(prefix));
      return [name, shown && !/session/.test(name) ? value : `<${value.length} characters>`];
    }),
  );
}

function formOfText(text: string): unknown {
  if (text === '') return '';
  try {
    return formOf(JSON.parse(text.slice(0, MAX_BODY)), '');
  } catch {
    return `<${text.length} characters, no JSON>`;
  }
}

/** Event names and comments of a stream are part of its shape; its data is reduced like any body. */
function formOfLine(line: string): unknown {
  const data = /^data: ?(.*)$/.exec(line)?.[1];
  if (data === undefined) return line.slice(0, 80);
  return data.startsWith('{') ? { data: formOfText(data) } : `data: ${withoutIds(data)}`;
}

function formOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.slice(0, 3).map((item) => formOf(item, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, formOf(inner, key)]));
  }
  if (typeof value !== 'string') return value;
  if (SHOWN_FIELDS.has(name)) return value.slice(0, 120);
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return '<time>';
  if (/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)) return '<uuid>';
  if (/^\d{1,15}\.\d{1,15}$/.test(value)) return '<amount>';
  // A document within a text, as MCP resources have it.
  if (value.startsWith('{') || value.startsWith('[')) return { text: formOfText(value) };
  return `<${value.length} characters>`;
}

function withoutIds(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, '<uuid>')
    .replaceAll(/((?:token|key|session\w{0,40})=)[^&]{1,4096}/gi, '$1<hidden>')
    .slice(0, 300);
}
