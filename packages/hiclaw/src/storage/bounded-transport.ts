import * as http from 'node:http';
import * as https from 'node:https';
import { withoutBrackets } from '../http/brackets.ts';
import { whenUnanswered } from '../http/unanswered.ts';
import { proxiesOfProcess } from '../http/proxies.ts';

export interface TransportOptions {
  readonly secure: boolean;
  /** How long one request may take, its whole answer included. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  /** Where to connect when that is not what the address of the storage says. */
  readonly connectTo?: { readonly host: string; readonly port: number } | undefined;
}

export interface BoundedTransport {
  readonly request: typeof http.request;
  readonly agent: http.Agent;
  close(): void;
}

/**
 * How the S3 client reaches the storage. The client sets no bounds itself: it waits forever, reads
 * answers of any size, and leaves the ones that it would repeat unread, which blocks their connection.
 */
export function createBoundedTransport(options: TransportOptions): BoundedTransport {
  const { secure, timeoutMs, maxAnswerBytes, connectTo } = options;
  const kept = { keepAlive: true, proxyEnv: proxiesOfProcess() };
  const agent = secure ? new https.Agent(kept) : new http.Agent(kept);
  const send: typeof http.request = secure ? https.request : http.request;

  function request(
    url: string | URL | http.RequestOptions,
    second?: http.RequestOptions | ((response: http.IncomingMessage) => void),
    third?: (response: http.IncomingMessage) => void,
  ): http.ClientRequest {
    if (typeof url === 'string' || url instanceof URL)
      throw new TypeError('expected options, got an address');
    const onResponse = typeof second === 'function' ? second : third;
    // The signature covers the Host header, which stays what the address of the storage says; certificates are checked by it.
    const host = connectTo?.host ?? withoutBrackets(String(url.host));
    const place = { host, hostname: host, ...(connectTo === undefined ? {} : { port: connectTo.port }) };
    let answer: http.IncomingMessage | undefined;
    const outgoing = send({ ...url, ...place, agent }, (incoming) => {
      answer = incoming;
      if (isListing(url)) encodeKeys(incoming);
      // Outermost, so that it counts what came.
      boundAnswer(incoming, maxAnswerBytes);
      onResponse?.(incoming);
    });
    // The reader of an answer only sees the answer.
    const timer = setTimeout(() => (answer ?? outgoing).destroy(new TransportTimeout()), timeoutMs);
    outgoing.once('close', () => clearTimeout(timer));
    whenUnanswered(outgoing, (error) => outgoing.emit('error', error));
    return outgoing;
  }

  return { request, agent, close: () => agent.destroy() };
}

/** More than a thousand of the longest keys; what is larger is left as it came. */
const MAX_ENCODED_BYTES = 4 * 1024 * 1024;

function isListing({ path }: http.RequestOptions): boolean {
  return path?.includes('list-type=2') === true;
}

/**
 * The client asks for keys in their URL form, and takes them for that. A storage that ignores the wish sends them as they
 * are: `100%.md` cannot be decoded then, and `a+b.md` would become `a b.md`. They are put into that form before the client
 * reads them.
 */
function encodeKeys(incoming: http.IncomingMessage): void {
  const push = incoming.push.bind(incoming);
  const chunks: Buffer[] = [];
  incoming.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) {
      chunks.push(chunk);
      return true;
    }
    const listing = Buffer.concat(chunks);
    if (listing.length > MAX_ENCODED_BYTES) push(listing);
    else if (listing.length > 0) push(withEncodedKeys(listing.toString('utf8')));
    chunks.length = 0;
    return push(chunk, encoding);
  };
}

/** An S3 listing whose keys are in URL form; the same where they were. */
export function withEncodedKeys(listing: string): string {
  if (listing.includes('<EncodingType>url</EncodingType>')) return listing;
  // bounded: a key has 1,024 bytes, each of which may stand there as an entity
  return listing.replace(/<(Key|Prefix|StartAfter)>([^<]{1,8192})</g, (_, name: string, text: string) => {
    const encoded = text.replace(/%|&#(?:37|x25);/gi, '%25').replace(/\+|&#(?:43|x2b);/gi, '%2B');
    return `<${name}>${encoded}<`;
  });
}

/** Answers with these are dropped unread by the client, which knows only their status. */
const DROPPED_STATUSES: ReadonlySet<number> = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

function boundAnswer(incoming: http.IncomingMessage, maxAnswerBytes: number): void {
  const push = incoming.push.bind(incoming);
  let size = 0;
  // A listener for data would start the flow before the client listens, so the bytes are counted where they come in.
  incoming.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) size += chunk.length;
    if (size <= maxAnswerBytes) return push(chunk, encoding);
    incoming.destroy(new Error(`the answer is larger than ${maxAnswerBytes} bytes`));
    return false;
  };
  if (DROPPED_STATUSES.has(incoming.statusCode ?? 0)) incoming.resume();
}

/** The storage took longer than it may. */
export class TransportTimeout extends Error {
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('timed out');
  }
}
