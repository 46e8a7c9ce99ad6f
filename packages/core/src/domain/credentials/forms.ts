import {
  isEmptyKey,
  isExamplePassword,
  isExampleToken,
  isNamed,
  isPlaceholder,
  isPublished,
} from './documented.ts';
import type { CredentialCode } from './finding.ts';

/** How a kind of credential begins, and what follows. */
interface CredentialForm {
  readonly code: CredentialCode;
  readonly prefixes: readonly string[];
  /** Matched where the prefix ends. */
  readonly rest: RegExp;
  /** True where the prefix ends an ordinary word, such as "task-", and so counts only where a word begins. */
  readonly beginsWord?: boolean;
}

/**
 * Credentials as they look; what documentation has in their place is looked at separately. What follows a prefix has bounds, and no two
 * neighbouring parts of it can share out the same characters in many ways: whatever a text is made of, a prefix costs a few
 * hundred comparisons at most.
 */
const FORMS: readonly CredentialForm[] = [
  {
    code: 'private_key',
    prefixes: ['-----BEGIN '],
    rest: /(?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y,
  },
  { code: 'github_token', prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], rest: /[A-Za-z0-9]{30}/y },
  { code: 'github_token', prefixes: ['github_pat_'], rest: /\w{40}/y },
  { code: 'gitlab_token', prefixes: ['glpat-'], rest: /[\w-]{20}/y },
  { code: 'bitbucket_token', prefixes: ['ATBB', 'ATCTT3'], rest: /[\w=-]{28}/y, beginsWord: true },
  { code: 'aws_key', prefixes: ['AKIA', 'ASIA'], rest: /[A-Z0-9]{16}(?!\w)/y, beginsWord: true },
  { code: 'google_key', prefixes: ['AIza'], rest: /[\w-]{35}/y, beginsWord: true },
  {
    code: 'slack_token',
    prefixes: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxp-', 'xoxr-', 'xoxs-'],
    rest: /[\w-]{20}/y,
    beginsWord: true,
  },
  { code: 'stripe_key', prefixes: ['rk_live_', 'sk_live_'], rest: /[A-Za-z0-9]{20}/y, beginsWord: true },
  { code: 'model_provider_key', prefixes: ['sk-'], rest: /[\w-]{30}/y, beginsWord: true },
  { code: 'npm_token', prefixes: ['npm_'], rest: /[A-Za-z0-9]{36}(?!\w)/y, beginsWord: true },
  { code: 'marketplace_key', prefixes: ['ap_'], rest: /[\w-]{20}/y, beginsWord: true },
  { code: 'webhook_secret', prefixes: ['whsec_'], rest: /[A-Za-z0-9+/]{24}/y, beginsWord: true },
  {
    code: 'matrix_token',
    prefixes: ['syt_'],
    rest: /[A-Za-z0-9+/=-]{2,200}_[A-Za-z0-9-]{10,40}_\w{4}/y,
  },
];

/** Between user and host of an address: `://` comes before. */
const ADDRESS = '://';
const PASSWORD = /[^\s/:@'"<>]{0,256}:([^\s/@'"<>]{6,256})@([\w.-]{1,255})/y;

/** Begins the second part of a JSON web token; the first ends before it. */
const TOKEN_BODY = '.eyj';
const BODY = /\.eyJ[\w-]{10}/y;
/** Longest first part that is looked at. */
const MAX_TOKEN_HEAD = 2_000;
const MIN_TOKEN_HEAD = 13;

/** What is called a secret. Something long and random that is assigned to it is one. */
const NAMES = [
  'secret',
  'token',
  'password',
  'passwd',
  'api-key',
  'api_key',
  'apikey',
  'access-key',
  'access_key',
  'accesskey',
];
const ASSIGNED = /[\w.-]{0,64}["']?\s{0,8}[:=]\s{0,8}["']?([\w+/=.-]{20,256})/y;
/** Placeholders for a secret in examples. */
const EXAMPLE =
  /example|sample|placeholder|change|your|xxx|000|123456|abcdef|dummy|test|fake|redacted|process\.env|getenv/i;

const BY_PREFIX: ReadonlyMap<string, readonly (CredentialForm & { readonly prefix: string })[]> = Map.groupBy(
  FORMS.flatMap((form) => form.prefixes.map((prefix) => ({ ...form, prefix }))),
  ({ prefix }) => prefix.toLowerCase(),
);

/** Everything that a credential may begin with, in small letters. */
// bounded: literal beginnings, and no quantifier
const BEGINNINGS = new RegExp(
  [...BY_PREFIX.keys(), ADDRESS, TOKEN_BODY, ...NAMES]
    .map((beginning) => beginning.replaceAll('.', String.raw`\.`))
    .join('|'),
  'g',
);

/** The first credential that plain text holds by its looks; it takes time in proportion to the length of the text. */
export function credentialByForm(text: string): CredentialCode | undefined {
  const small = text.toLowerCase();
  // What was looked at as an assigned value is not looked at again as a name.
  let namesFrom = 0;
  let isAssigned = false;
  BEGINNINGS.lastIndex = 0;
  for (let match = BEGINNINGS.exec(small); match !== null; match = BEGINNINGS.exec(small)) {
    const [beginning] = match;
    const at = match.index;
    const forms = BY_PREFIX.get(beginning);
    // The end of one beginning may begin another.
    BEGINNINGS.lastIndex = at + 1;
    if (forms !== undefined) {
      const form = forms.find((each) => fits(each, text, at));
      if (form !== undefined) return form.code;
    } else if (beginning === ADDRESS) {
      if (at > 0 && /[\w+.-]/.test(text.charAt(at - 1)) && hasPassword(text, at + ADDRESS.length)) {
        return 'password_in_address';
      }
    } else if (beginning === TOKEN_BODY) {
      const isToken = matchesAt(BODY, text, at) && followsTokenHead(text, at);
      if (isToken && !isExampleToken(text, at + 1)) return 'json_web_token';
    } else if (at >= namesFrom && !isAssigned) {
      ASSIGNED.lastIndex = at + beginning.length;
      const value = ASSIGNED.exec(text)?.[1];
      if (value === undefined) continue;
      isAssigned ||= isRandom(value) && !EXAMPLE.test(value) && !isPublished(value);
      namesFrom = ASSIGNED.lastIndex;
    }
  }
  return isAssigned ? 'assigned_secret' : undefined;
}

function hasPassword(text: string, at: number): boolean {
  PASSWORD.lastIndex = at;
  const [, password, host] = PASSWORD.exec(text) ?? [];
  return password !== undefined && host !== undefined && !isExamplePassword(password, host);
}

function fits(
  { code, prefix, rest, beginsWord }: CredentialForm & { readonly prefix: string },
  text: string,
  at: number,
): boolean {
  if (beginsWord === true && at > 0 && /\w/.test(text.charAt(at - 1))) return false;
  const from = at + prefix.length;
  if (!text.startsWith(prefix, at) || !matchesAt(rest, text, from)) return false;
  return code === 'private_key'
    ? !isEmptyKey(text, rest.lastIndex)
    : !isPlaceholder(text.slice(from, rest.lastIndex));
}

function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}

function followsTokenHead(text: string, end: number): boolean {
  let start = end;
  while (start > 0 && end - start < MAX_TOKEN_HEAD && /[\w-]/.test(text.charAt(start - 1))) start -= 1;
  const head = text.slice(start, end);
  return head.length >= MIN_TOKEN_HEAD && head.lastIndexOf('eyJ', head.length - MIN_TOKEN_HEAD) >= 0;
}

/** Digits among letters, as no word, path or name of anything has them. */
function isRandom(value: string): boolean {
  return (
    /\d/.test(value) &&
    /[a-z]/i.test(value) &&
    !/^[a-z]{1,256}(?:[._-][a-z]{1,256}){0,128}\d{0,4}$/i.test(value) &&
    !isNamed(value)
  );
}
