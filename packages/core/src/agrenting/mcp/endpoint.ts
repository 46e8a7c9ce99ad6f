import { inQuotes } from '../../domain/index.ts';
import type { BaseUrl } from '../base-url.ts';

const MAX_CHARACTERS = 2000;
const MESSAGES_PATH = '/mcp/messages/';

export type Endpoint =
  | {
      readonly kind: 'endpoint';
      readonly url: string;
      /** The origin that the server named, where it was another one. */
      readonly rewrittenFrom?: string | undefined;
    }
  | { readonly kind: 'foreign'; readonly problem: string };

/**
 * Where messages go, from the stream's first event: relative or absolute, but always at the
 * configured origin. A foreign one is rewritten if its path is that of messages, because a platform
 * behind a proxy names the origin it believes to have; the key never goes there (Agrenting API
 * reference, 7.1 and 15 #7).
 */
export function resolveEndpoint(data: string, baseUrl: BaseUrl): Endpoint {
  const url = URL.parse(data.trim().slice(0, MAX_CHARACTERS), `${baseUrl}/mcp/sse`);
  if (url === null || data.trim() === '' || !/^https?:$/.test(url.protocol)) {
    return { kind: 'foreign', problem: 'the marketplace named no usable message endpoint' };
  }
  const here = `${baseUrl}${url.pathname}${url.search}`;
  if (url.origin === baseUrl) return { kind: 'endpoint', url: here };
  if (url.pathname.startsWith(MESSAGES_PATH)) {
    return { kind: 'endpoint', url: here, rewrittenFrom: url.origin };
  }
  const problem = `the marketplace requests messages at ${inQuotes(url.origin)}, which is not the configured ${baseUrl}: nothing was sent`;
  return { kind: 'foreign', problem };
}
