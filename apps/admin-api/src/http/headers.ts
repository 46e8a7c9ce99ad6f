import { isOwnName } from '@agrenting-hiclaw/runtime';
import type { MiddlewareHandler } from 'hono';
import { Problem } from './problem.ts';

/** Scripts, styles and pictures are ours alone, nobody frames us, and no form leads elsewhere. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** What every answer carries. */
export function safeHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    // A file of a worker has a stricter one of its own.
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', POLICY);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('x-frame-options', 'DENY');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('cross-origin-resource-policy', 'same-origin');
    headers.set('cross-origin-opener-policy', 'same-origin');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  };
}

/** A page of somebody else whose name was made to lead here is not answered. */
export function ownName(host: string): MiddlewareHandler {
  return async ({ req }, next) => {
    if (!isOwnName(req.header('host'), host)) {
      throw new Problem(421, 'The Host header does not match this server.', {
        todo: 'Use its address or localhost, or name the proxy before it in admin.trustedProxies.',
      });
    }
    await next();
  };
}
