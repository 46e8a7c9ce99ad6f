/**
 * What documentation and code have instead of a credential: placeholders, words, names and paths. What is random is
 * none of them. Each of these takes time in proportion to a length that is bounded by the caller.
 */

/** Letters that nobody draws at random, and what stands for any. */
const PLACEHOLDER =
  /(.)\1{5}|example|placeholder|your[-_]|change[-_]?me|redacted|dummy|goes[-_]here|insert[-_]|replace[-_]/i;

/** Whether a value of some credential's form is one that examples have: of one repeated letter, called an example, or words. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDER.test(value) || isNamed(value);
}

/** The keys of play.min.io, a storage for everybody: every guide to MinIO has them. */
const PUBLISHED: ReadonlySet<string> = new Set([
  'Q3AM3UQ867SPQQA43P2F',
  'zuf+tfteSlswRu7BJ86wekitnifILbZam1KYY3TG',
]);

/** Whether a random value is nobody's secret, since everybody has it. */
export function isPublished(value: string): boolean {
  return PUBLISHED.has(value);
}

/** Words in one case or in camel case, with the number of a version, as names of things have them. */
const WORD =
  /^(?:[a-z]{1,20}|[A-Z]{1,20}|(?:[a-z]{2,20}|[A-Z]{1,3})?(?:[A-Z][a-z]{1,20}){1,6}[A-Z]{0,2})\d{0,4}$/;
const SHORT_NUMBER = /^\d{1,4}$/;
const LETTERS = /^[A-Za-z]{3,60}$/;

/** Whether a value is put together of words, such as a path, an identifier or a dotted name; numbers in it are few. */
export function isNamed(value: string): boolean {
  const parts = value.split(/[^A-Za-z\d]/).filter((part) => part !== '');
  if (!parts.every((part) => WORD.test(part) || SHORT_NUMBER.test(part))) return false;
  const length = (some: readonly string[]): number => some.reduce((sum, part) => sum + part.length, 0);
  return length(parts.filter((part) => LETTERS.test(part))) * 2 >= length(parts);
}

/** No shorter key is in use: 48 bytes, in Base64. */
const MIN_KEY_CHARACTERS = 64;
/** As far is looked for the end of a key: no longer one is in use. */
const MAX_KEY_CHARACTERS = 3_900;
const KEY_ENDS = /-----END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY/;
const KEY_LINE = /[A-Za-z0-9+/]{40}/;

/**
 * Whether nothing stands where the key would be, behind its first line: it ends before a key could, or it is quoted by
 * itself, as programs have it that look for keys.
 */
export function isEmptyKey(text: string, at: number): boolean {
  const rest = text.slice(at, at + MAX_KEY_CHARACTERS);
  const end = KEY_ENDS.exec(rest)?.index;
  if (end !== undefined) {
    return rest.slice(0, end).replace(/[^A-Za-z0-9+/]/g, '').length < MIN_KEY_CHARACTERS;
  }
  return /^["'`]/.test(rest) && !KEY_LINE.test(rest);
}

/** `{"sub":"1234567890","name":"John Doe`, which jwt.io and everybody after it has. */
const EXAMPLE_BODY = 'eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9l';
/** A body up to the signature, which without one proves nothing. */
const SIGNED = /[\w-]{10,2000}(?:\.[\w-]{20}|[\w-])/y;

/** Whether the second part of a JSON web token that begins here is that of examples, or no signature follows it. */
export function isExampleToken(text: string, at: number): boolean {
  if (text.startsWith(EXAMPLE_BODY, at)) return true;
  SIGNED.lastIndex = at;
  return !SIGNED.test(text);
}

const LOCAL =
  /^(?:[\w-]{1,63}|127(?:\.\d{1,3}){3}|0\.0\.0\.0|host\.docker\.internal|(?:[\w-]{1,63}\.){0,8}(?:example\.(?:com|net|org)|example|test|invalid|localhost|local))$/i;
/** What stands for a password, wherever the host is. */
const STANDS_FOR =
  /^(?:(?:my|your|the|some|db|user|root|admin|postgres|mysql|mongo|redis|database|super)?[-_]?(?:secret|password|passwd|passwort|pass|passw0rd|pwd|pw|token|key|changeme|change[-_]me|example|placeholder)(?:[-_]?(?:here|goes[-_]?here|\d{1,3}))?|\$\{[^}]{1,250}\}|\$[a-z_]{3,64}|\{{1,2}[^{}]{1,250}\}{1,2}|%[a-z_]{3,64}%|%\([a-z_]{1,64}\)s|\[[^\]]{1,250}\]|(.)\1{3,254}|(?:x{3}|\.{3}).{0,250})$/i;
const PASSWORD_WORDS = /^[A-Za-z][a-z]{2,20}(?:[._-]?[A-Za-z][a-z]{2,20}){0,4}[._-]?\d{0,4}!?$/;

/** Whether a password in an address is what examples have: a placeholder, or words for a service on this machine. */
export function isExamplePassword(password: string, host: string): boolean {
  if (STANDS_FOR.test(password) || PLACEHOLDER.test(password)) return true;
  return LOCAL.test(host) && PASSWORD_WORDS.test(password);
}
