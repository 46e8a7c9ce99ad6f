import * as http from 'node:http';
import * as https from 'node:https';
import { describeConnectionError } from './connection-error.ts';
import { proxiesOfProcess } from './proxies.ts';
import { TopLevelText } from './top-level-text.ts';
import { whenUnanswered } from './unanswered.ts';

export interface BoundedFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Closes every connection; calls under way fail. */
  close(): void;
}

/** An answer that is larger than what is read. */
export class AnswerTooLarge extends Error {}

/**
 * A fetch over kept-alive connections for bodies of text. An answer is read whole, up to
 * `maxAnswerBytes`, before the promise resolves, so that the signal, which every call needs, bounds the body too: when it
 * aborts the promise rejects at once, whatever the other side does.
 * Redirects are not followed: their status is the answer, and no credential travels on. It goes by the
 * proxies of the process, if there are any. With `keepsOnly` an answer of success is an object of that one text: of any other
 * field nothing is kept, so that the answer may be very large.
 */
export function createBoundedFetch(maxAnswerBytes: number, keepsOnly?: string): BoundedFetch {
  const proxyEnv = proxiesOfProcess();
  const agents = {
    'http:': new http.Agent({ keepAlive: true, proxyEnv }),
    'https:': new https.Agent({ keepAlive: true, proxyEnv }),
  };

  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new TypeError(`not an HTTP URL: ${url.href}`);
    const body = init.body ?? '';
    if (typeof body !== 'string') throw new TypeError('expected a body of text');
    const { signal } = init;
    if (signal === null || signal === undefined) throw new TypeError('expected a signal that ends the call');
    const headers = new Headers(init.headers);
    if (body !== '') headers.set('content-length', String(Buffer.byteLength(body)));
    const call: Call = {
      url,
      body,
      maxAnswerBytes,
      keepsOnly,
      signal,
      request: url.protocol === 'https:' ? https.request : http.request,
      options: {
        agent: agents[url.protocol],
        method: init.method ?? 'GET',
        headers: Object.fromEntries(headers),
      },
    };
    try {
      return await exchange(call);
    } catch (error) {
      // The server closed a connection that had rested here. Everything that is sent this way may be sent twice.
      if (!(error instanceof StaleConnection)) throw error;
      return await exchange(call);
    }
  };

  return {
    fetch,
    close: () => {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

interface Call {
  readonly url: URL;
  readonly body: string;
  readonly maxAnswerBytes: number;
  readonly keepsOnly: string | undefined;
  readonly signal: AbortSignal;
  readonly request: typeof http.request;
  readonly options: http.RequestOptions;
}

class StaleConnection extends Error {}

class StrangeStatus extends Error {
  constructor(status: number) {
    super(`answered with status ${status}, which HTTP does not have`);
  }
}

async function exchange(call: Call): Promise<Response> {
  const { url, body, signal, request, options } = call;
  if (signal.aborted) throw ended();
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const outgoing = request(url, options);
  const abort = () => reject(ended());
  signal.addEventListener('abort', abort);
  outgoing.on('response', (incoming) => {
    readAnswer(incoming, call).then(resolve, reject);
  });
  outgoing.on('error', (error) => {
    const stale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
    reject(stale ? new StaleConnection('the connection was stale', { cause: error }) : error);
  });
  whenUnanswered(outgoing, reject);
  try {
    outgoing.end(body);
    return await promise;
  } catch (error) {
    outgoing.destroy();
    throw inWords(error);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function ended(): Error {
  return new DOMException('the call was ended', 'AbortError');
}

/** Of an answer that is no success, which nobody has use for the whole of. */
const MAX_REFUSAL_BYTES = 1024 * 1024;

async function readAnswer(incoming: http.IncomingMessage, call: Call): Promise<Response> {
  const { maxAnswerBytes, keepsOnly } = call;
  if (keepsOnly === undefined) return await readWhole(incoming, maxAnswerBytes);
  if (incoming.statusCode !== 200) return await readWhole(incoming, MAX_REFUSAL_BYTES);
  const text = new TopLevelText(keepsOnly);
  let size = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxAnswerBytes) throw new AnswerTooLarge(`gave an answer larger than ${maxAnswerBytes} bytes`);
    text.read(chunk);
    // Leaving the loop ends the connection, and with it the rest of the answer.
    if (text.found !== undefined) break;
  }
  return toResponse(incoming, Buffer.from(JSON.stringify({ [keepsOnly]: text.found })));
}

async function readWhole(incoming: http.IncomingMessage, maxAnswerBytes: number): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxAnswerBytes) throw new AnswerTooLarge(`gave an answer larger than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return toResponse(incoming, Buffer.concat(chunks));
}

/** Callers keep no more of an error than its message, or that it was an abort. */
function inWords(error: unknown): Error {
  if (error instanceof AnswerTooLarge || error instanceof StaleConnection) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  return new Error(describeConnectionError(error), { cause: error });
}

/** Statuses that HTTP has (RFC 9110, 15) and a `Response` can be made of. */
const MIN_STATUS = 200;
const MAX_STATUS = 599;

function toResponse(incoming: http.IncomingMessage, body: Buffer): Response {
  const status = incoming.statusCode ?? 0;
  if (status < MIN_STATUS || status > MAX_STATUS) throw new StrangeStatus(status);
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : body.toString('utf8'), { status, headers });
}
