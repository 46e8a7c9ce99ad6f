import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { signingKey } from '@agrenting-hiclaw/runtime';

export interface SignatureOptions {
  readonly secrets: readonly Secret[];
  /** Whether the secret itself in `X-Webhook-Secret` is as good as a signature. */
  readonly secretHeader: boolean;
  /** How far a time-stamped signature may be off. */
  readonly toleranceMs: number;
  /** What the clock of the marketplace says now. */
  readonly nowMs: () => number;
}

/** What the headers alone say of who signed. */
export type SignatureClaim =
  /** They hold the secret itself: the body proves nothing more. */
  | 'proven'
  /** They hold what may be a signature: whether it is, the body tells. */
  | 'claimed'
  | 'absent'
  /** They hold what no body makes right. */
  | 'invalid';

export interface SignatureCheck {
  claim(headers: IncomingHttpHeaders): SignatureClaim;
  /** Whether one of the signatures in the headers is one over that body. */
  fits(headers: IncomingHttpHeaders, body: Buffer): boolean;
}

const HEX = /^[0-9a-f]{64}$/i;
const DIGEST_BYTES = 32;
/** More than any sender has keys. */
const MAX_SIGNATURES = 16;

/**
 * Checks who signed a body, before anything is read from it. Three forms: `X-Webhook-Signature` (HMAC-SHA256 over the
 * raw bytes, as base64 or hex, with or without `sha256=`), the secret itself in `X-Webhook-Secret` where that is
 * allowed (Agrenting API reference, 8.2), and the headers of Standard Webhooks. One form that fits is enough.
 */
export function createSignatureCheck(options: SignatureOptions): SignatureCheck {
  const keys = options.secrets.map((secret) => secret.reveal());
  const proves = (headers: IncomingHttpHeaders): Form => {
    if (!options.secretHeader) return undefined;
    return secretItself(headers['x-webhook-secret'], keys);
  };
  const formsOf = (headers: IncomingHttpHeaders): readonly Form[] => [
    ofBody(headers['x-webhook-signature'], keys),
    standard(headers, keys, options),
  ];
  return {
    claim(headers) {
      const milestone = proves(headers);
      if (milestone !== undefined && milestone !== 'malformed') return 'proven';
      const forms = formsOf(headers);
      if (forms.some((form) => form !== undefined && form !== 'malformed')) return 'claimed';
      return [milestone, ...forms].includes('malformed') ? 'invalid' : 'absent';
    },
    fits: (headers, body) =>
      formsOf(headers).some((form) => form !== undefined && form !== 'malformed' && form(body)),
  };
}

/** Tells whether a body is the one that was signed; undefined where the headers have no such form. */
type Form = ((body: Buffer) => boolean) | 'malformed' | undefined;

function ofBody(header: string | string[] | undefined, keys: readonly string[]): Form {
  if (header === undefined) return undefined;
  if (typeof header !== 'string') return 'malformed';
  const given = header.trim().replace(/^sha256=/i, '');
  const signature = Buffer.from(given, HEX.test(given) ? 'hex' : 'base64');
  if (signature.length !== DIGEST_BYTES) return 'malformed';
  return (body) =>
    anyOf(keys.map((key) => equal(createHmac('sha256', key).update(body).digest(), signature)));
}

/** <https://www.standardwebhooks.com>: `id.timestamp.body`, under a key that is base64 behind `whsec_`. */
function standard(
  headers: IncomingHttpHeaders,
  keys: readonly string[],
  { toleranceMs, nowMs }: SignatureOptions,
): Form {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (signatures === undefined) return undefined;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    return 'malformed';
  }
  const sentAtMs = Number(timestamp) * 1_000;
  if (!/^\d+$/.test(timestamp) || Math.abs(nowMs() - sentAtMs) > toleranceMs) return 'malformed';
  const given = signatures
    .split(' ', MAX_SIGNATURES)
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'))
    .filter(({ length }) => length === DIGEST_BYTES);
  if (given.length === 0) return 'malformed';
  return (body) => {
    const expected = keys.map((key) =>
      createHmac('sha256', signingKey(key)).update(`${id}.${timestamp}.`).update(body).digest(),
    );
    return anyOf(expected.flatMap((digest) => given.map((signature) => equal(digest, signature))));
  };
}

function secretItself(header: string | string[] | undefined, keys: readonly string[]): Form {
  if (header === undefined) return undefined;
  if (typeof header !== 'string') return 'malformed';
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return anyOf(keys.map((key) => equal(digest(key), digest(header)))) ? () => true : 'malformed';
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Looks at all of them, so that it takes as long whichever fits. */
function anyOf(fits: readonly boolean[]): boolean {
  return fits.includes(true);
}
