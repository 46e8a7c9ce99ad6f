import { LIMITS } from '@agrenting-hiclaw/core/domain';
import { isEncoded } from '@agrenting-hiclaw/runtime';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Problem } from './problem.ts';

/** The longest text of an operator where JSON escapes each of its characters, with all that stands around it. */
const MAX_BODY_BYTES = 6 * LIMITS.resultCharacters + 300_000;

/** Read of a longer one, and thrown away: who is cut off while it sends never sees why. */
const MAX_DRAINED_BYTES = 16_000_000;

/** One whose length was not named is being read already. */
async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (body === null || body.locked) return;
  let read = 0;
  for await (const chunk of body) {
    read += chunk.byteLength;
    if (read > MAX_DRAINED_BYTES) return;
  }
}

/** Bodies are JSON and of a bounded length. */
export function bounded(maxBytes = MAX_BODY_BYTES): MiddlewareHandler {
  const limit = bodyLimit({
    maxSize: maxBytes,
    async onError({ req }) {
      await drain(req.raw.body);
      throw new Problem(413, `The body is longer than ${maxBytes} bytes.`, { todo: 'Send a shorter body.' });
    },
  });
  return async (context, next) => {
    const { method } = context.req;
    if (method !== 'POST' && method !== 'PATCH') return await next();
    // What another page's form can send is never JSON.
    if (!/^application\/json\s*(?:;|$)/i.test(context.req.header('content-type') ?? '')) {
      throw new Problem(415, 'The body is not JSON.', { todo: 'Send Content-Type: application/json.' });
    }
    if (isEncoded(context.req.header('content-encoding'))) {
      throw new Problem(415, 'The body is compressed.', { todo: 'Send it uncompressed.' });
    }
    return await limit(context, next);
  };
}
