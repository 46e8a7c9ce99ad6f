import { createBoundedFetch } from './bounded-fetch.ts';
import { withDeadline } from './deadline.ts';

/** The largest answer that a call of this kind has use for. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const TIMEOUT_MS = 20_000;

export interface SingleCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly document?: object | undefined;
  /** For the whole answer. Default 20,000. */
  readonly timeoutMs?: number | undefined;
}

/** One call over a connection of its own, its answer read whole and within bounds. Rejects for `describeConnectionError`. */
export async function callOnce(
  url: string,
  { method, headers, document, timeoutMs = TIMEOUT_MS }: SingleCall,
): Promise<Response> {
  const connections = createBoundedFetch(MAX_ANSWER_BYTES);
  try {
    return await withDeadline(
      timeoutMs,
      undefined,
      async (signal) =>
        await connections.fetch(url, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          ...(document === undefined ? {} : { body: JSON.stringify(document) }),
          signal,
        }),
    );
  } finally {
    connections.close();
  }
}
