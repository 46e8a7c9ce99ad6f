import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { Problem } from './problem.ts';

/** The longest text of an owner, as JSON may write it. */
const MAX_BODY_BYTES = 1_500_000;

const limit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new Problem(413, `the body is longer than ${MAX_BODY_BYTES} bytes`, { todo: 'Send less.' });
  },
});

/** Bodies are JSON and of a bounded length. */
export function bounded(): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    if (method !== 'POST' && method !== 'PATCH') return await next();
    // What another page's form can send is never JSON.
    if (!/^application\/json\s*(?:;|$)/i.test(context.req.header('content-type') ?? '')) {
      throw new Problem(415, 'the body is no JSON', { todo: 'Send Content-Type: application/json.' });
    }
    return await limit(context, next);
  };
}
