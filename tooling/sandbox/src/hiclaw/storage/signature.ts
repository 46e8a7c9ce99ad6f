import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const emptyHash = createHash('sha256').update('').digest('hex');
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Uint8Array, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** Percent-encodes as Signature Version 4 asks: everything but unreserved characters. */
export const encodeForSignature = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export interface SignedRequest {
  readonly method: string;
  /** Decoded, with its leading slash. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

export interface Scope {
  /** yyyymmdd */
  readonly date: string;
  readonly region: string;
}

const scopeText = (scope: Scope): string => `${scope.date}/${scope.region}/s3/aws4_request`;

const signingKey = (secretKey: string, scope: Scope): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secretKey}`, scope.date), scope.region), 's3'), 'aws4_request');

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const canonicalRequest = (request: SignedRequest): string => {
  const query = request.query
    .map(([name, value]) => [encodeForSignature(name), encodeForSignature(value)] as const)
    .toSorted((left, right) => compare(left[0], right[0]) || compare(left[1], right[1]))
    .map(([name, value]) => `${name}=${value}`);
  const headers = request.signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    request.path.split('/').map(encodeForSignature).join('/'),
    query.join('&'),
    headers.join(''),
    request.signedHeaders.join(';'),
    request.payloadHash,
  ].join('\n');
};

/** The signature of a request under Signature Version 4; `time` is `x-amz-date`. */
export const signature = (request: SignedRequest, secretKey: string, scope: Scope, time: string): string => {
  const text = ['AWS4-HMAC-SHA256', time, scopeText(scope), sha256(canonicalRequest(request))].join('\n');
  return hmac(signingKey(secretKey, scope), text).toString('hex');
};

/** The signature of one chunk of a streamed body; each holds the one before. */
export const chunkSignature = (
  chunk: Uint8Array,
  previous: string,
  secretKey: string,
  scope: Scope,
  time: string,
): string => {
  const lines = ['AWS4-HMAC-SHA256-PAYLOAD', time, scopeText(scope), previous, emptyHash, sha256(chunk)];
  return hmac(signingKey(secretKey, scope), lines.join('\n')).toString('hex');
};

export const sameSignature = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

export const authorizationHeader = (
  accessKey: string,
  scope: Scope,
  signedHeaders: readonly string[],
  value: string,
): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKey}/${scopeText(scope)}, SignedHeaders=${signedHeaders.join(';')}, Signature=${value}`;
