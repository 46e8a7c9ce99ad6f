/** Characters of a text that are read as one piece. */
const CHUNK = 65_536;

/** Encodings of two bytes a character, and the mark that a text in them begins with. */
const WIDE: readonly (readonly [encoding: string, mark: readonly number[]])[] = [
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** A way to read the input as text, in pieces. */
export interface Reading {
  readonly pieces: Iterable<string>;
  /** False where it is tried only because the input may be text of that kind. */
  readonly isText: boolean;
}

/** Each way to read the input as text, in pieces. What is no clean UTF-8 may be UTF-16, from its first byte on or from its second. */
export function* readingsOf(input: Uint8Array | string): Generator<Reading, void, undefined> {
  if (typeof input === 'string') {
    yield { pieces: pieces(input), isText: true };
    return;
  }
  const seen = { isClean: true };
  yield { pieces: decoded(input, 'utf-8', seen), isText: true };
  if (seen.isClean) return;
  for (const [encoding, mark] of WIDE) {
    const isMarked = input[0] === mark[0] && input[1] === mark[1];
    for (const start of [0, 1]) {
      yield { pieces: decoded(input.subarray(start), encoding), isText: isMarked && start === 0 };
    }
  }
}

function* pieces(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + CHUNK, text.length);
    // A pair of surrogates is one character.
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc_00) === 0xd8_00) end += 1;
    yield text.slice(start, end);
    start = end;
  }
}

function* decoded(
  bytes: Uint8Array,
  encoding: string,
  seen?: { isClean: boolean },
): Generator<string, void, undefined> {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  for (let start = 0; start < bytes.length; start += CHUNK) {
    const text = decoder.decode(bytes.subarray(start, start + CHUNK), { stream: true });
    if (seen?.isClean === true) seen.isClean = !text.includes('\0') && !text.includes('\ufffd');
    yield text;
  }
  const rest = decoder.decode();
  if (rest === '') return;
  if (seen !== undefined) seen.isClean = false;
  yield rest;
}
