/** Characters of a text that are read as one piece. */
const CHUNK = 65_536;

/** Each way to read the input as text, in pieces. What is no clean UTF-8 may be UTF-16, from its first byte on or from its second. */
export function* readingsOf(input: Uint8Array | string): Generator<Iterable<string>, void, undefined> {
  if (typeof input === 'string') {
    yield pieces(input);
    return;
  }
  const seen = { isClean: true };
  yield decoded(input, 'utf-8', seen);
  if (seen.isClean) return;
  for (const encoding of ['utf-16le', 'utf-16be']) {
    for (const start of [0, 1]) yield decoded(input.subarray(start), encoding);
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
