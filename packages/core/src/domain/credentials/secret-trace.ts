import type { Secret } from './secret.ts';
import { formsOf, type KnownSecretCode } from './known-secrets.ts';
import { fold, MAX_FOLDED_LENGTH, MIN_FOLDED_LENGTH, type SecretSearch } from './secret-search.ts';

/** What is kept of a secret that is forgotten: enough to find it in a text again, too little to learn it from. */
export interface SecretTrace {
  /** Folded characters that are compared: the last ones of one spelling of it. */
  readonly length: number;
  /** 32 bits of them under the key, by which nearly all of a text is passed over. */
  readonly hint: number;
  /** Their digest under the key, in hex. */
  readonly digest: string;
}

/** A digest, in hex, that only the holder of a key can compute. */
export type KeyedDigest = (folded: Uint8Array) => string;

/** Where a secret is in a folded text. */
export interface TraceMatch {
  readonly start: number;
  readonly end: number;
}

/** Looks for secrets of which only traces are left. */
export interface TraceSearch extends SecretSearch {
  /** All places, in no order. */
  matches(folded: Uint8Array, length: number): Iterable<TraceMatch>;
}

/** The traces of all spellings of a secret; of one with fewer than eight letters and digits there are none. */
export function tracesOf(secret: Secret, keyed: KeyedDigest): readonly SecretTrace[] {
  const value = secret.reveal().trim();
  const factor = factorOf(keyed);
  return [...new Set([value, ...formsOf(value)])]
    .map(fold)
    .filter(({ length }) => length >= MIN_FOLDED_LENGTH)
    .map((folded) => {
      const last = folded.slice(-MAX_FOLDED_LENGTH);
      return { length: last.length, hint: hintOf(last, last.length, factor), digest: keyed(last) };
    });
}

/** It takes one pass over a text for each length that traces have. */
export function createTraceSearch(
  traces: readonly SecretTrace[],
  keyed: KeyedDigest,
  code: KnownSecretCode,
): TraceSearch {
  let passes: readonly Pass[] | undefined;
  function* matches(folded: Uint8Array, length: number): Generator<TraceMatch, void, undefined> {
    passes ??= passesOf(traces, factorOf(keyed));
    for (const pass of passes) {
      for (const start of likely(folded, length, pass)) {
        const end = start + pass.length;
        if (pass.digests.has(keyed(folded.subarray(start, end)))) yield { start, end };
      }
    }
  }
  return {
    matches,
    find(folded, length) {
      for (const _ of matches(folded, length)) return code;
      return undefined;
    },
  };
}

interface Pass {
  readonly length: number;
  readonly factor: number;
  /** What the character that leaves the window counts in its hint. */
  readonly leaving: number;
  readonly hints: ReadonlySet<number>;
  /** By the last bits of the hints, since most windows are told by these. */
  readonly seen: Uint8Array;
  readonly digests: ReadonlySet<string>;
}

const SEEN_BITS = 16;
const SEEN = 2 ** SEEN_BITS - 1;

function passesOf(traces: readonly SecretTrace[], factor: number): readonly Pass[] {
  return [...new Set(traces.map(({ length }) => length))].map((length) => {
    const ofLength = traces.filter((trace) => trace.length === length);
    const seen = new Uint8Array(2 ** SEEN_BITS);
    for (const { hint } of ofLength) seen[hint & SEEN] = 1;
    const steps = Array.from({ length: length - 1 });
    return {
      length,
      factor,
      leaving: steps.reduce<number>((power) => Math.imul(power, factor), 1),
      hints: new Set(ofLength.map(({ hint }) => hint)),
      seen,
      digests: new Set(ofLength.map(({ digest }) => digest)),
    };
  });
}

/** Where so many characters have the hint of a secret. */
function* likely(folded: Uint8Array, end: number, pass: Pass): Generator<number, void, undefined> {
  const { length, factor, leaving, hints, seen } = pass;
  if (end < length) return;
  let hint = hintOf(folded, length, factor);
  for (let at = 0; ; at += 1) {
    if (seen[hint & SEEN] === 1 && hints.has(hint)) yield at;
    if (at + length >= end) return;
    const kept = hint - Math.imul(valueAt(folded, at), leaving);
    hint = (Math.imul(kept, factor) + valueAt(folded, at + length)) | 0;
  }
}

/** Nobody without the key can make texts in which everything looks like a secret: each place would cost a digest. */
function factorOf(keyed: KeyedDigest): number {
  return Number.parseInt(keyed(new Uint8Array(0)).slice(0, 8), 16) | 1;
}

function hintOf(folded: Uint8Array, length: number, factor: number): number {
  let hint = 0;
  for (let at = 0; at < length; at += 1) hint = (Math.imul(hint, factor) + valueAt(folded, at)) | 0;
  return hint;
}

/** 1 for the first, so that leading ones count. */
function valueAt(folded: Uint8Array, at: number): number {
  return (folded[at] ?? 0) + 1;
}
