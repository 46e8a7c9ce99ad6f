import * as http from 'node:http';
import * as https from 'node:https';
import { describeConnectionError } from './connection-error.ts';

export interface BoundedFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Closes every connection; calls under way fail. */
  close(): void;
}

/** An answer that is larger than what is read. */
export class AnswerTooLarge extends Error {}

/**
 * A fetch over kept-alive connections for bodies of text. An answer is read whole, up to
 * `maxAnswerBytes`, before the promise resolves, so that whoever aborts the call bounds the body too.
 * Redirects are not followed: their status is the answer, and no credential travels on.
 */
export function createBoundedFetch(maxAnswerBytes: number): BoundedFetch {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };

  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new TypeError(`no HTTP URL: ${url.href}`);
    const body = init.body ?? '';
    if (typeof body !== 'string') throw new TypeError('expected a body of text');
    const headers = new Headers(init.headers);
    if (body !== '') headers.set('content-length', String(Buffer.byteLength(body)));
    const call: Call = {
      url,
      body,
      maxAnswerBytes,
      request: url.protocol === 'https:' ? https.request : http.request,
      options: {
        agent: agents[url.protocol],
        method: init.method ?? 'GET',
        headers: Object.fromEntries(headers),
        ...(init.signal ? { signal: init.signal } : {}),
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
  readonly request: typeof http.request;
  readonly options: http.RequestOptions;
}

class StaleConnection extends Error {}

function exchange({ url, body, maxAnswerBytes, request, options }: Call): Promise<Response> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxAnswerBytes) {
          reject(new AnswerTooLarge(`gave an answer larger than ${maxAnswerBytes} bytes`));
          outgoing.destroy();
        } else {
          chunks.push(chunk);
        }
      });
      incoming.on('error', (error) => reject(inWords(error)));
      incoming.on('end', () => resolve(toResponse(incoming, Buffer.concat(chunks))));
    });
    outgoing.on('error', (error) => {
      const stale = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (stale) reject(new StaleConnection('the connection was stale', { cause: error }));
      else reject(inWords(error));
    });
    outgoing.end(body);
  });
}

/** Callers keep no more of an error than its message, or that it was an abort. */
function inWords(error: Error): Error {
  if (error.name === 'AbortError') return error;
  return new Error(describeConnectionError(error), { cause: error });
}

function toResponse(incoming: http.IncomingMessage, body: Buffer): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const status = incoming.statusCode ?? 0;
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : body.toString('utf8'), { status, headers });
}
