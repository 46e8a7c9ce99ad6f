import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Secret } from '@agrenting-hiclaw/core/domain';

export interface SignatureOptions {
  readonly secrets: readonly Secret[];
  /** Whether the secret itself in `X-Webhook-Secret` is as good as a signature. */
  readonly secretHeader: boolean;
  /** How far a time-stamped signature may be off. */
  readonly toleranceMs: number;
  readonly nowMs: () => number;
}

export type SignatureCheck = (headers: IncomingHttpHeaders, body: Buffer) => 'valid' | 'absent' | 'invalid';

const HEX = /^[0-9a-f]{64}$/i;

/**
 * Checks who signed a body, before anything is read from it. Three forms: `X-Webhook-Signature` (HMAC-SHA256 over the
 * raw bytes, as base64 or hex, with or without `sha256=`), the secret itself in `X-Webhook-Secret` where that is
 * allowed (Agrenting API reference, 8.2), and the headers of Standard Webhooks. One form that fits is enough.
 */
export function createSignatureCheck(options: SignatureOptions): SignatureCheck {
  const keys = options.secrets.map((secret) => secret.reveal());
  const forms = [
    (headers: IncomingHttpHeaders, body: Buffer) => ofBody(headers['x-webhook-signature'], body, keys),
    (headers: IncomingHttpHeaders, body: Buffer) => standard(headers, body, keys, options),
    ...(options.secretHeader
      ? [(headers: IncomingHttpHeaders) => secretItself(headers['x-webhook-secret'], keys)]
      : []),
  ];
  return (headers, body) => {
    const verdicts = new Set(forms.map((form) => form(headers, body)));
    if (verdicts.has('valid')) return 'valid';
    return verdicts.has('invalid') ? 'invalid' : 'absent';
  };
}

type Verdict = ReturnType<SignatureCheck>;

function ofBody(header: string | string[] | undefined, body: Buffer, keys: readonly string[]): Verdict {
  if (header === undefined) return 'absent';
  if (typeof header !== 'string') return 'invalid';
  const given = header.trim().replace(/^sha256=/i, '');
  const signature = Buffer.from(given, HEX.test(given) ? 'hex' : 'base64');
  return verdict(keys.map((key) => equal(createHmac('sha256', key).update(body).digest(), signature)));
}

/** <https://www.standardwebhooks.com>: `id.timestamp.body`, under a key that is base64 behind `whsec_`. */
function standard(
  headers: IncomingHttpHeaders,
  body: Buffer,
  keys: readonly string[],
  { toleranceMs, nowMs }: SignatureOptions,
): Verdict {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (signatures === undefined) return 'absent';
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    return 'invalid';
  const sentAtMs = Number(timestamp) * 1_000;
  if (!/^\d+$/.test(timestamp) || Math.abs(nowMs() - sentAtMs) > toleranceMs) return 'invalid';
  const given = signatures
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice('v1,'.length), 'base64'));
  const expected = keys.map((key) =>
    createHmac('sha256', standardKey(key)).update(`${id}.${timestamp}.`).update(body).digest(),
  );
  return verdict(expected.flatMap((digest) => given.map((signature) => equal(digest, signature))));
}

function standardKey(secret: string): Buffer {
  return secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
}

function secretItself(header: string | string[] | undefined, keys: readonly string[]): Verdict {
  if (header === undefined) return 'absent';
  if (typeof header !== 'string') return 'invalid';
  const digest = (text: string): Buffer => createHmac('sha256', 'compare').update(text).digest();
  return verdict(keys.map((key) => equal(digest(key), digest(header))));
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function verdict(fits: readonly boolean[]): Verdict {
  return fits.includes(true) ? 'valid' : 'invalid';
}
