/** A line of a message, and what stands above it. */
export interface SpokenLine {
  readonly text: string;
  /** The line above that is not blank, no matter whose words it holds; undefined for the first. */
  readonly above: string | undefined;
  /** Its place among `linesOf` the message. */
  readonly at: number;
}

const LINE_ENDS = /\r\n|[\r\n\u0085\u2028\u2029]/;
/** Marks of order and width that nobody sees, before what a line begins with. */
const INVISIBLE = /^(?:\p{Default_Ignorable_Code_Point}|\uFEFF){1,32}/u;

/** The lines of a message, but for what a model thought before it answered. */
export function linesOf(text: string): readonly string[] {
  return withoutThoughts(text)
    .split(LINE_ENDS)
    .map((line) => line.replace(INVISIBLE, ''));
}

/**
 * The lines of a message that are its writer's own words: neither in a code block, nor quoted from somebody, nor what a
 * model thought before it answered.
 */
export function spokenLines(text: string): readonly SpokenLine[] {
  const spoken: SpokenLine[] = [];
  let fence: string | undefined;
  let above: string | undefined;
  for (const [at, line] of linesOf(text).entries()) {
    const run = /^\s{0,3}(`{3,100}|~{3,100})/.exec(line)?.[1];
    if (fence === undefined) {
      if (run !== undefined) fence = run;
      else if (!isQuotedOrIndented(line)) spoken.push({ text: line, above, at });
    } else if (run !== undefined && run.startsWith(fence)) {
      fence = undefined;
    }
    if (line.trim() !== '') above = line;
  }
  return spoken;
}

/** A quotation, or code that is set in by four columns. */
function isQuotedOrIndented(line: string): boolean {
  return /^\s{0,3}>|^(?: {4}| {0,3}\t)\s{0,100}\S/.test(line);
}

/** Where a line begins with a thought, and where one ends at the end of a line. */
const THOUGHTS = /^[ \t]{0,9}<think(?:ing)?>|<\/think(?:ing)?>[ \t]{0,9}$/gim;

/** Templates of some models put the beginning of a thought into the prompt: then only its end is in the answer. */
function withoutThoughts(text: string): string {
  if (!/<\/?think/i.test(text)) return text;
  let kept = '';
  let from: number | undefined = 0;
  for (const { 0: tag, index } of text.matchAll(THOUGHTS)) {
    if (tag.includes('</')) {
      if (from !== undefined) kept = '';
      from = index + tag.length;
    } else if (from !== undefined) {
      kept += text.slice(from, index);
      from = undefined;
    }
  }
  return from === undefined ? kept : kept + text.slice(from);
}

/** What may stand around a line that is all of a message: a list, a quotation, quotation marks, code, and tags of HTML. */
const DRESS_BEFORE =
  /^(?:[\s>*+\-`"'“”„‘’«»#_|•]|\d{1,3}[.)]\s|<(?:p|li|ul|ol|pre|code|b|strong|blockquote)>|\p{Default_Ignorable_Code_Point}){0,24}/iu;
const DRESS_BEHIND = /(?:[\s`"'“”„‘’«»|]|<\/(?:p|li|ul|ol|pre|code|b|strong|blockquote)>|<br ?\/?>){1,24}$/iu;
const FENCE = /^\s{0,3}(?:`{3,100}|~{3,100})[\w-]{0,30}\s{0,99}$/;
/** A single line is looked for among so many; a longer message is more than one. */
const MAX_LINES = 12;
const MAX_SOLE_CHARACTERS = 4_000;

/** The only line of a message, without what it is dressed in; undefined when there are more. */
export function soleLine(text: string): string | undefined {
  const own = withoutThoughts(text).trim();
  if (own.length > MAX_SOLE_CHARACTERS) return undefined;
  const lines = own.split(LINE_ENDS);
  if (lines.length > MAX_LINES) return undefined;
  const [line = '', ...more] = lines.filter((one) => one.trim() !== '' && !FENCE.test(one));
  return more.length > 0 || isSpokenOf(line)
    ? undefined
    : line.replace(DRESS_BEFORE, '').replace(DRESS_BEHIND, '');
}

const CLOSING: Readonly<Record<string, string>> = {
  '`': '`',
  '"': '"',
  "'": "'",
  '“': '”',
  '„': '“',
  '‘': '’',
  '«': '»',
  '»': '«',
};

/** Whether a line is a quotation with words behind it that speak of it: `... - no key` is what I would say. */
function isSpokenOf(line: string): boolean {
  const dress = DRESS_BEFORE.exec(line)?.[0] ?? '';
  const rest = line.slice(dress.length);
  return Object.entries(CLOSING).some(([opening, closing]) => {
    if (!dress.includes(opening)) return false;
    const at = rest.lastIndexOf(closing);
    // Around the marker alone it is dress: what stands behind it is the reason.
    return at > 0 && / [-–—] {1,9}\S/.test(rest.slice(0, at)) && /^\W.{0,99}\p{L}/u.test(rest.slice(at + 1));
  });
}
