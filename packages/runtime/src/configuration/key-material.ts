const SIGNING_PREFIX = 'whsec_';
/** Fewer can be guessed. */
const MIN_KEY_BYTES = 16;
/** Such as `whsec_`, `ap_`, `syt_`: what a secret begins with, and no secret. */
const PREFIX_ALONE = /^[a-z][a-z0-9]{0,15}[_-]$/i;
/** Words that stand before a secret in a header. */
const SCHEME_ALONE = /^(?:apikey|bearer|basic)$/i;
const BASE64 = /^[A-Za-z0-9+/]{1,1024}={0,2}$/;

/** Why a text is no secret, whatever it is for; undefined when it may be one. Never with the text. */
export function problemOfSecret(text: string): string | undefined {
  const secret = text.trim();
  if (secret === '') return 'is empty';
  if (PREFIX_ALONE.test(secret)) return 'has nothing after its prefix';
  if (SCHEME_ALONE.test(secret)) return 'is a scheme name without a secret';
  return undefined;
}

/** The same for a secret that we compare with, or sign or check signatures with: guessing it allows sending hires. */
export function problemOfKey(text: string): string | undefined {
  const problem = problemOfSecret(text);
  if (problem !== undefined) return problem;
  const secret = text.trim();
  const encoded = secret.startsWith(SIGNING_PREFIX) ? secret.slice(SIGNING_PREFIX.length) : undefined;
  if (encoded !== undefined && !BASE64.test(encoded)) return 'starts with whsec_ but is not base64 after it';
  return signingKey(secret).length < MIN_KEY_BYTES ? `has fewer than ${MIN_KEY_BYTES} bytes` : undefined;
}

/** The key that a secret stands for: base64 behind `whsec_` (<https://www.standardwebhooks.com>), any other as it is. */
export function signingKey(secret: string): Buffer {
  return secret.startsWith(SIGNING_PREFIX)
    ? Buffer.from(secret.slice(SIGNING_PREFIX.length), 'base64')
    : Buffer.from(secret);
}
