export interface RequestWithin {
  readonly method?: 'GET' | 'HEAD' | 'POST' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** For the whole of it: connection, answer, and as much of its body as is read. */
  readonly timeoutMs: number;
  /** Ends it earlier. */
  readonly signal?: AbortSignal | undefined;
  /** How much of the body is read; the rest is left. Default 0. */
  readonly maxBytes?: number | undefined;
  /** Built-in `fetch` unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

export interface ShortAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of the body. */
  readonly text: string;
}

/**
 * One request that ends within its time, whatever the other side does or leaves undone. A redirect
 * is an answer like others and is not followed. Rejects as `fetch` does; with a `TimeoutError` when the time is up.
 */
export async function fetchWithin(url: string, request: RequestWithin): Promise<ShortAnswer> {
  const { method = 'GET', headers = {}, body, timeoutMs, signal: outer, maxBytes = 0 } = request;
  const { fetch = globalThis.fetch } = request;
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const end = (name: string, what: string) => reject(new DOMException(what, name));
  const stop = () => end('AbortError', 'the request was ended');
  const timer = setTimeout(() => end('TimeoutError', `no answer within ${timeoutMs} ms`), timeoutMs);
  outer?.addEventListener('abort', stop);
  if (outer?.aborted === true) stop();
  try {
    const ask = async (): Promise<ShortAnswer> => {
      const response = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        redirect: 'manual',
        signal: controller.signal,
      });
      const text = await beginningOf(response, maxBytes);
      return { status: response.status, headers: response.headers, text };
    };
    return await Promise.race([late, ask()]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stop);
    // Ends what is still under way, and the rest of a body that nobody reads.
    controller.abort();
  }
}

async function beginningOf({ body }: Response, maxBytes: number): Promise<string> {
  if (body === null || maxBytes === 0) return '';
  const chunks: Uint8Array[] = [];
  const reader = body.getReader();
  let bytes = 0;
  while (bytes < maxBytes) {
    const read = await reader.read();
    if (read.done) break;
    const chunk: unknown = read.value;
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes).toString();
}
