import type { Secret } from './secret.ts';
import type { CredentialCode } from './finding.ts';
import { createPartSearch, MIN_WHOLE_LENGTH, type PartSearch } from './part-search.ts';
import { createSecretSearch, fold, MIN_FOLDED_LENGTH, type SecretSearch } from './secret-search.ts';

/** Whose secret it is. */
export type KnownSecretCode = Extract<CredentialCode, 'repository_token' | 'own_secret'>;

/** A credential that must leave in no text. */
export interface KnownSecret {
  readonly code: KnownSecretCode;
  readonly secret: Secret;
}

/** More than any adapter has: its agents, its storage, its homeserver, its webhooks. */
const MAX_SECRETS = 5_000;
/** Shorter ones stand in every other text. */
const MIN_EXACT_LENGTH = 4;
/** As many of the last characters of one that is like words are compared. */
export const MAX_EXACT_LENGTH = 64;

/**
 * Secrets made ready to be looked for: as they are in either case, also a part of a random one, backwards, in Base64 wherever they begin in what was
 * encoded, and in hexadecimal. They cannot be printed by accident.
 */
export class KnownSecrets {
  readonly #searches: readonly SecretSearch[];
  readonly #parts: readonly PartSearch[];
  readonly #exact: readonly { readonly value: string; readonly code: KnownSecretCode }[];

  /** Throws a RangeError on more than 5,000. */
  constructor(
    secrets: readonly KnownSecret[],
    others?: KnownSecrets,
    searches: readonly SecretSearch[] = [],
  ) {
    if (secrets.length > MAX_SECRETS) throw new RangeError(`more than ${MAX_SECRETS} secrets`);
    const forms = secrets.flatMap(({ code, secret }) =>
      formsOf(secret.reveal().trim()).map((form) => ({ code, folded: fold(form) })),
    );
    const search = createSecretSearch(forms);
    this.#searches = [
      ...(search === undefined ? [] : [search]),
      ...searches,
      ...(others === undefined ? [] : others.#searches),
    ];
    const parts = createPartSearch(
      secrets.flatMap(({ code, secret }) =>
        randomPartOf(secret.reveal().trim()).flatMap((value) =>
          formsOf(value).map((form) => ({ code, folded: fold(form) })),
        ),
      ),
    );
    this.#parts = [...(parts === undefined ? [] : [parts]), ...(others === undefined ? [] : others.#parts)];
    const exact = secrets
      .map(({ code, secret }) => ({ code, value: secret.reveal().trim().toLowerCase() }))
      .filter(({ value }) => value.length >= MIN_EXACT_LENGTH && !isFolded(value))
      .map(({ code, value }) => ({ code, value: value.slice(-MAX_EXACT_LENGTH) }));
    this.#exact = [...exact, ...(others === undefined ? [] : others.#exact)];
  }

  /** These, and some more. */
  with(more: readonly KnownSecret[]): KnownSecrets {
    return more.length === 0 ? this : new KnownSecrets(more, this);
  }

  /** These, and what a search finds that knows others by what is left of them. */
  withSearch(search: SecretSearch): KnownSecrets {
    return new KnownSecrets([], this, [search]);
  }

  /** Whose secret is in so many bytes of a folded text. */
  inFolded(folded: Uint8Array, length: number): KnownSecretCode | undefined {
    for (const search of [...this.#searches, ...this.#parts]) {
      const found = search.find(folded, length);
      if (found === 'repository_token' || found === 'own_secret') return found;
    }
    return undefined;
  }

  /** Whose secret, of those that are like words, is in a text with everything between its letters, in either case. */
  inText(text: string): KnownSecretCode | undefined {
    if (this.#exact.length === 0) return undefined;
    const small = text.toLowerCase();
    return this.#exact.find(({ value }) => small.includes(value))?.code;
  }
}

/** Nothing is known. */
export const NO_SECRETS = new KnownSecrets([]);

/** Whether a secret is distinguished from words without what stands between its letters: "my-key" is in "my key", too. */
function isFolded(value: string): boolean {
  return fold(value).length >= MIN_FOLDED_LENGTH && /\d/.test(value);
}

/** What kind of token it is, which everybody may say. */
const PREFIX = /^(?:[a-z]{2,6}[_-]){1,2}/i;
/** A letter of the other case, or a digit beside a letter. */
const CHANGE = /[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[a-zA-Z])/g;
/** Random letters and digits change in every second place; words, names and addresses of machines seldom do. */
const MAX_UNCHANGED = 6;

/** Of a secret that is random, what is: any part of that is the secret's alone. */
function randomPartOf(value: string): readonly string[] {
  const random = value.replace(PREFIX, '');
  if (fold(random).length < MIN_WHOLE_LENGTH || random.includes('://')) return [];
  return (random.match(CHANGE)?.length ?? 0) * MAX_UNCHANGED >= random.length ? [random] : [];
}

/** The spellings in which a secret is looked for. */
export function formsOf(value: string): readonly string[] {
  if (fold(value).length < MIN_FOLDED_LENGTH) return [];
  const bytes = Buffer.from(value);
  const key = bytesOfKey(value);
  return [
    ...(isFolded(value) ? [value] : []),
    value.split('').toReversed().join(''),
    bytes.toString('hex'),
    ...[0, 1, 2].map((offset) => encodedAt(bytes, offset)),
    ...wideForms(value),
    ...(key === undefined ? [] : [key.toString('hex'), encodedAt(key, 0)]),
  ];
}

/** In UTF-16, of either order: what the other order has more is before or behind it. */
function wideForms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf16le').subarray(0, -1);
  return [bytes.toString('hex'), ...[0, 1, 2].map((offset) => encodedAt(bytes, offset))];
}

/** The characters of Base64 that the bytes alone decide, when so many other bytes stand before them. */
function encodedAt(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const first = [0, 2, 3][offset] ?? 0;
  return whole.toString('base64').slice(first, Math.floor((whole.length * 8) / 6));
}

/** A key of 32 bytes may be spelled in two ways. */
function bytesOfKey(value: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(value)) return Buffer.from(value, 'hex');
  return /^[\w+/-]{43}=?$/.test(value) ? Buffer.from(value, 'base64') : undefined;
}
