import type { CredentialCode } from './finding.ts';

/** Looks for parts of random secrets, so that one of which something is missing is found, too. */
export interface PartSearch {
  /** Of the first part that is in so many bytes of a folded text. */
  find(folded: Uint8Array, length: number): CredentialCode | undefined;
}

/** Folded characters of a part: more than stand together by chance. */
const PART = 12;
/** From part to part of a secret: whatever keeps 13 characters in a row is found. */
const STEP = 2;
/** Shorter secrets are looked for as a whole. */
export const MIN_WHOLE_LENGTH = 16;
const MIN_DISTINCT = 6;
const TEN = 10;
const FACTOR = 0x01_00_01_93;
/** What the character that leaves a part counts in its digest. */
const LEAVING = Array.from({ length: PART - 1 }).reduce<number>((power) => Math.imul(power, FACTOR), 1);
const BITS_PER_PART = 16;
const MIN_BITS = 1 << 12;

interface Place {
  readonly folded: Uint8Array;
  readonly at: number;
  readonly code: CredentialCode;
}

/** Undefined when there is nothing to look for. It takes the same time for each character, however many parts there are. */
export function createPartSearch(
  secrets: readonly { readonly folded: Uint8Array; readonly code: CredentialCode }[],
): PartSearch | undefined {
  const places = new Map<number, Place[]>();
  let count = 0;
  for (const { folded, code } of secrets) {
    if (folded.length < MIN_WHOLE_LENGTH) continue;
    for (let at = 0; at + PART <= folded.length; at += STEP) {
      if (!isDistinctive(folded.subarray(at, at + PART))) continue;
      const digest = digestOf(folded, at);
      const others = places.get(digest);
      if (others === undefined) places.set(digest, [{ folded, at, code }]);
      // The same part is in many secrets where they begin alike.
      else if (!others.some((other) => isSame(other, folded, at))) others.push({ folded, at, code });
      count += 1;
    }
  }
  if (count === 0) return undefined;
  const bits = 2 ** Math.max(Math.log2(MIN_BITS), Math.ceil(Math.log2(count * BITS_PER_PART)));
  const mask = bits - 1;
  const seen = new Uint8Array(bits / 8);
  for (const digest of places.keys()) {
    const bit = spread(digest) & mask;
    seen[bit >> 3] = (seen[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return {
    find(folded, length) {
      if (length < PART) return undefined;
      let digest = digestOf(folded, 0);
      for (let at = 0; ; at += 1) {
        const bit = spread(digest) & mask;
        if (((seen[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0) {
          const found = places.get(digest)?.find((place) => isSame(place, folded, at));
          if (found !== undefined) return found.code;
        }
        if (at + PART >= length) return undefined;
        const kept = digest - Math.imul(valueAt(folded, at), LEAVING);
        digest = (Math.imul(kept, FACTOR) + valueAt(folded, at + PART)) | 0;
      }
    },
  };
}

/** Words and numbers by themselves stand in other texts, too. */
function isDistinctive(part: Uint8Array): boolean {
  return (
    part.some((value) => value < TEN) &&
    part.some((value) => value >= TEN) &&
    new Set(part).size >= MIN_DISTINCT
  );
}

function digestOf(folded: Uint8Array, from: number): number {
  let digest = 0;
  for (let at = from; at < from + PART; at += 1) {
    digest = (Math.imul(digest, FACTOR) + valueAt(folded, at)) | 0;
  }
  return digest;
}

/** 1 for the first, so that leading ones count. */
function valueAt(folded: Uint8Array, at: number): number {
  return (folded[at] ?? 0) + 1;
}

function spread(digest: number): number {
  return (digest ^ (digest >>> 15)) >>> 0;
}

function isSame({ folded, at }: Pick<Place, 'folded' | 'at'>, text: Uint8Array, from: number): boolean {
  for (let index = 0; index < PART; index += 1) {
    if (folded[at + index] !== text[from + index]) return false;
  }
  return true;
}
