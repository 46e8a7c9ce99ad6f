/** A piece of text as it is shown: plain, or one character that would not be seen or would move others, by its code. */
export type Piece =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'hidden'; readonly code: string; readonly name: string };

const NAMES: Readonly<Record<string, string>> = {
  'U+00AD': 'soft hyphen',
  'U+061C': 'Arabic letter mark',
  'U+200B': 'zero width space',
  'U+200C': 'zero width non-joiner',
  'U+200E': 'left-to-right mark',
  'U+200F': 'right-to-left mark',
  'U+2028': 'line separator',
  'U+2029': 'paragraph separator',
  'U+202A': 'left-to-right embedding',
  'U+202B': 'right-to-left embedding',
  'U+202C': 'pop directional formatting',
  'U+202D': 'left-to-right override',
  'U+202E': 'right-to-left override',
  'U+2060': 'word joiner',
  'U+2066': 'left-to-right isolate',
  'U+2067': 'right-to-left isolate',
  'U+2068': 'first strong isolate',
  'U+2069': 'pop directional isolate',
  'U+FEFF': 'byte order mark',
};

// Control and format characters, separators that break lines, tags, and lone surrogates. Left as they are: line feed, tab, and the joiner
// that emoji are made with. A carriage return before a line feed is taken out beforehand.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]|[\u180B-\u180F]/u;
// bounded: one character, and no quantifier
const SPLIT = new RegExp(`(?![\\n\\t\\u200D])(${HIDDEN.source})`, 'u');

/** Splits a text from outside so that what hides in it can be shown. */
export function piecesOf(text: string): readonly Piece[] {
  return text
    .replaceAll('\r\n', '\n')
    .split(SPLIT)
    .flatMap((part, index): readonly Piece[] => {
      if (index % 2 === 0) return part === '' ? [] : [{ kind: 'plain', text: part }];
      const code = `U+${(part.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
      return [{ kind: 'hidden', code, name: NAMES[code] ?? 'a character that is not seen' }];
    });
}

/** The same as one string, for places that take no elements: titles, labels, what is copied. */
export function safeText(text: string): string {
  return piecesOf(text)
    .map((piece) => (piece.kind === 'plain' ? piece.text : `[${piece.code}]`))
    .join('');
}

/** At most so many characters, never cut inside one. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return `${text.slice(0, end)}…`;
}
