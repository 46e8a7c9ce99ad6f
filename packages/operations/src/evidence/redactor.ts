import type { Secret } from '@agrenting-hiclaw/core/domain';
import { redactPieces, type RedactedPieces } from './redact-pieces.ts';

/** Takes secrets out of bytes. */
export interface Redactor {
  /** The bytes with each secret replaced by `[redacted]`, in pieces; other tasks run between them. */
  pieces(given: Buffer): Promise<RedactedPieces>;
  text(given: string): string;
}

const REDACTED = '[redacted]';
/** Anything shorter is not a secret, and occurs in many words. */
const MIN_LENGTH = 4;
/** Encoded, a shorter one would be found by chance. */
const MIN_ENCODED_LENGTH = 8;

/** Credentials that are told by their form: that of a hiring that is over is no longer known to anybody here. */
const TOKEN_FORMS: readonly RegExp[] = [
  /\b(?:gh[a-z]_|github_pat_|glpat-|ATBB)[\w-]{16,255}/g,
  // User and password of an address.
  /(?<=:\/\/)[^\s/@:"'<>]{0,255}:[^\s/@"'<>]{1,512}(?=@)/g,
];

/** What shows that a password of an address is one. */
const SHOWN_BEFORE = '://';
const SHOWN_BEHIND = '@';
/** More than the longest of those forms has. */
const LONGEST_TOKEN = 1_024;

/**
 * Finds the given secrets as they are, as they stand in JSON and in addresses, and in Base64 wherever they begin in what
 * was encoded; and repository tokens by their form. What is compressed or encrypted is not looked into.
 */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const forms = [...new Set(secrets.flatMap((secret) => formsOf(secret.reveal())))].toSorted(
    (one, other) => other.length - one.length,
  );

  /** Each character is one byte, so that what is no text stays as it is. */
  function redact(given: string): { readonly text: string; readonly count: number } {
    let text = given;
    let count = 0;
    for (const form of forms) {
      if (!text.includes(form)) continue;
      const parts = text.split(form);
      count += parts.length - 1;
      text = parts.join(REDACTED);
    }
    for (const form of TOKEN_FORMS) {
      text = text.replaceAll(form, () => {
        count += 1;
        return REDACTED;
      });
    }
    return { text, count };
  }

  const longest = forms[0]?.length ?? 0;

  /** Where one of the given secrets or of the forms begins, with what shows that it is one. */
  function across(text: string, place: number): number | undefined {
    const before = Math.max(0, place - longest + 1);
    const near = text.slice(before, place + longest - 1);
    for (const form of forms) {
      const from = Math.max(0, place - before - form.length + 1);
      const at = near.slice(0, place - before + form.length - 1).indexOf(form, from);
      if (at !== -1) return before + at;
    }
    const start = Math.max(0, place - LONGEST_TOKEN);
    const stepMiddleware = text.slice(start, place + LONGEST_TOKEN);
    for (const form of TOKEN_FORMS) {
      for (const { index, 0: match } of stepMiddleware.matchAll(form)) {
        const begins = start + index - SHOWN_BEFORE.length;
        if (begins < place && place < start + index + match.length + SHOWN_BEHIND.length) return begins;
      }
    }
    return undefined;
  }

  return {
    pieces: async (given) => await redactPieces(given, { redact, across }),
    text: (given) => Buffer.from(redact(Buffer.from(given).toString('latin1')).text, 'latin1').toString(),
  };
}

function formsOf(secret: string): readonly string[] {
  const value = secret.trim();
  if (value.length < MIN_LENGTH) return [];
  const plain = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)].map((text) =>
    Buffer.from(text).toString('latin1'),
  );
  if (value.length < MIN_ENCODED_LENGTH) return plain;
  const key = bytesOfKey(value);
  return [
    ...plain,
    ...[0, 1, 2].flatMap((offset) => encodedAt(Buffer.from(value), offset)),
    ...(key === undefined ? [] : [key.toString('hex'), ...encodedAt(key, 0)]),
  ];
}

/** The characters of Base64 that the bytes alone decide, when so many other bytes stand before them. */
function encodedAt(bytes: Buffer, offset: number): readonly string[] {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = [0, 2, 3][offset] ?? 0;
  const last = Math.floor((whole.length * 8) / 6);
  const standard = whole.toString('base64').slice(first, last);
  return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')];
}

/** A key of 32 bytes may be spelled in two ways. */
function bytesOfKey(value: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(value)) return Buffer.from(value, 'hex');
  return /^[\w+/-]{43}=?$/.test(value) ? Buffer.from(value, 'base64') : undefined;
}
