/**
 * Credentials as they look, each with what it is called. Examples in documentation do not look like them. What stands
 * before the last part of each is bounded, so that no text, however long, is gone through more than a few times.
 */
const CREDENTIALS: readonly (readonly [name: string, form: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,})/],
  ['a GitLab token', /\bglpat-[\w-]{20,}/],
  ['an AWS key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a Google key', /\bAIza[\w-]{35}/],
  ['a Slack token', /\bxox[abeprs]-[\w-]{20,}/],
  ['a Stripe key', /\b[rs]k_live_[A-Za-z0-9]{20,}/],
  ['a model provider key', /\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{30,}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a marketplace key', /\bap_[A-Za-z0-9_-]{20,}/],
  ['a Matrix token', /\bsyt_[\w=-]{2,200}_[\w-]{10,40}_\w{4,}/],
  ['a JSON web token', /\beyJ[\w-]{10,200}\.eyJ[\w-]{10,4000}\.[\w-]{10,}/],
  ['a password in an address', /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@'"<>]+:[^\s/@'"<>]{6,}@[\w.-]+/i],
];

/** An assignment of something long and random to something that is called a secret. */
const ASSIGNMENT =
  /(?:secret|token|passw(?:or)?d|api[-_]?key|access[-_]?key)[\w.-]{0,64}["']?\s*[:=]\s*["']?([\w+/=.-]{20,})/gi;
/** What stands in examples in the place of a secret. */
const EXAMPLE =
  /example|sample|placeholder|change|your|xxx|000|123456|abcdef|dummy|test|fake|redacted|process\.env|getenv/i;

/**
 * What of a credential a text seems to hold, such as "a GitHub token"; undefined when there is nothing. It errs
 * towards finding one: a held result waits for its owner, and what was handed out cannot be taken back.
 */
export function credentialIn(text: string): string | undefined {
  const found = CREDENTIALS.find(([, form]) => form.test(text));
  if (found !== undefined) return found[0];
  for (const [, value = ''] of text.matchAll(ASSIGNMENT)) {
    if (isRandom(value) && !EXAMPLE.test(value)) return 'something that is called a secret';
  }
  return undefined;
}

/** Letters of both cases or digits among letters, as no word of a language has them. */
function isRandom(value: string): boolean {
  return /\d/.test(value) && /[a-z]/i.test(value) && !/^[a-z]+(?:[._-][a-z]+)*\d{0,4}$/i.test(value);
}
