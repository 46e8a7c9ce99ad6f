/** Deeper documents than this come from nobody who wants work done. */
const MAX_DEPTH = 64;

export type ParsedJson =
  | { readonly kind: 'document'; readonly document: unknown }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'too_deep' };

/** Reads a document, unless it is nested too deep: that is seen before anything is built from it. */
export function parseJson(text: string): ParsedJson {
  if (depthOf(text) > MAX_DEPTH) return { kind: 'too_deep' };
  try {
    const document: unknown = JSON.parse(text);
    return { kind: 'document', document };
  } catch {
    return { kind: 'invalid' };
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** How deep lists and objects stand in each other, as far as the text is JSON at all. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (OPENING.has(code)) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (CLOSING.has(code)) depth -= 1;
  }
  return deepest;
}

/** Where the string that begins at `start` ends. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
