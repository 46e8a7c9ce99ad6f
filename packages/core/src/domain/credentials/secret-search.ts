import type { CredentialCode } from './finding.ts';

/** Looks for all of many strings at once (Wu and Manber): most characters of a text are never looked at. */
export interface SecretSearch {
  /** Of the first one that is in so many bytes of a folded text. */
  find(folded: Uint8Array, length: number): CredentialCode | undefined;
}

interface Pattern {
  readonly folded: Uint8Array;
  readonly code: CredentialCode;
}

/** Letters and digits. */
const ALPHABET = 36;
const NOTHING = 0xff;
/** Shorter ones would be found by chance. */
export const MIN_FOLDED_LENGTH = 8;
/** As many of the last characters are compared: those of a token are the random ones. */
export const MAX_FOLDED_LENGTH = 32;

const FOLDED = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), ALPHABET);
  return Number.isNaN(digit) ? NOTHING : digit;
});

/**
 * Writes the letters and digits of a plain text, both cases alike, behind `offset`; gives where they end. Line breaks,
 * quotation marks, dashes and all else that may be put into a secret are left out.
 */
export function foldInto(target: Uint8Array, offset: number, text: string): number {
  let end = offset;
  for (let index = 0; index < text.length; index += 1) {
    const digit = FOLDED[text.charCodeAt(index)] ?? NOTHING;
    target[end] = digit;
    if (digit !== NOTHING) end += 1;
  }
  return end;
}

/** A text folded on its own, with the place in it of each folded character. */
export function foldWithPlaces(text: string): { readonly folded: Uint8Array; readonly places: Uint32Array } {
  const folded = new Uint8Array(text.length);
  const places = new Uint32Array(text.length);
  let end = 0;
  for (let index = 0; index < text.length; index += 1) {
    const digit = FOLDED[text.charCodeAt(index)] ?? NOTHING;
    if (digit === NOTHING) continue;
    folded[end] = digit;
    places[end] = index;
    end += 1;
  }
  return { folded: folded.subarray(0, end), places: places.subarray(0, end) };
}

/** A text folded on its own. */
export function fold(text: string): Uint8Array {
  const target = new Uint8Array(text.length + 1);
  return target.subarray(0, foldInto(target, 0, text));
}

/** Undefined when there is nothing to look for. Shorter ones than `MIN_FOLDED_LENGTH` are left out. */
export function createSecretSearch(
  secrets: readonly { readonly folded: Uint8Array; readonly code: CredentialCode }[],
): SecretSearch | undefined {
  const patterns: readonly Pattern[] = secrets
    .filter(({ folded }) => folded.length >= MIN_FOLDED_LENGTH)
    .map(({ folded, code }) => ({ folded: folded.slice(-MAX_FOLDED_LENGTH), code }));
  if (patterns.length === 0) return undefined;
  const shortest = Math.min(...patterns.map(({ folded }) => folded.length));
  // How far the text may be moved on when these three characters stand at the end of the shortest pattern.
  const shifts = new Uint8Array(ALPHABET ** 3).fill(shortest - 2);
  const endings = new Map<number, Pattern[]>();
  for (const pattern of patterns) {
    const last = pattern.folded.length - 1;
    for (let at = last - shortest + 3; at <= last; at += 1) {
      const three = threeAt(pattern.folded, at);
      shifts[three] = Math.min(shifts[three] ?? 0, last - at);
    }
    const ending = threeAt(pattern.folded, last);
    endings.set(ending, [...(endings.get(ending) ?? []), pattern]);
  }
  return {
    find(folded, length) {
      let at = shortest - 1;
      while (at < length) {
        const three = threeAt(folded, at);
        const shift = shifts[three] ?? 1;
        if (shift > 0) {
          at += shift;
          continue;
        }
        const found = endings.get(three)?.find((pattern) => endsAt(folded, at, pattern));
        if (found !== undefined) return found.code;
        at += 1;
      }
      return undefined;
    },
  };
}

function threeAt(folded: Uint8Array, at: number): number {
  return ((folded[at - 2] ?? 0) * ALPHABET + (folded[at - 1] ?? 0)) * ALPHABET + (folded[at] ?? 0);
}

function endsAt(text: Uint8Array, at: number, { folded }: Pattern): boolean {
  const start = at - folded.length + 1;
  if (start < 0) return false;
  for (let index = folded.length - 1; index >= 0; index -= 1) {
    if (text[start + index] !== folded[index]) return false;
  }
  return true;
}
