import { currentHiring, type HiringRecord } from '@agrenting-hiclaw/core/domain';
import { withoutToken } from './without-token.ts';

const MAX_CHARACTERS = 80;
/** As much of a line as a title is made from. */
const MAX_SOURCE = 400;
const MAX_LINES = 50;
/** Control and format characters hide or reorder what is read; the joiners are part of letters and pictures. */
const UNSEEN =
  /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\ufe0e-\ufe0f\p{Join_Control}]]/gv;
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * What a hiring is called in a list for people: the first line of its description that says something, as its hirer wrote it but
 * for marks of Markdown around it and what is not seen; empty where there is no description. They are a stranger's words, and
 * a repository token is not among them. Not for a worker: the text in its files has to be plainer (`titleOf` of hiclaw).
 */
export function displayTitle(record: Pick<HiringRecord, 'attempt' | 'received'>): string {
  const { attempt, received } = record;
  const { description } = attempt === undefined ? received.hiring : currentHiring(attempt);
  const lines = withoutToken(record)(description)
    .toWellFormed()
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/, MAX_LINES);
  for (const line of lines) {
    const source = line.slice(0, MAX_SOURCE).replaceAll('\t', ' ').replace(UNSEEN, '');
    const title = withoutMarks(source);
    if (/[\p{L}\p{N}]/u.test(title)) return clipped(title, line.length > MAX_SOURCE);
  }
  return '';
}

/** `# A title`, `> A title`, `- A title` and `**A title**` are called `A title`; `#482` and `/etc/hosts` are what they are. */
function withoutMarks(line: string): string {
  const text = line
    .replace(/^\s{0,20}(?:#{1,6}|[>*+-])\s{1,20}/, '')
    .replace(/\s+/g, ' ')
    .trim();
  const [, , inside] = /^(\*\*|__|\*|_|`)([^*_`]+)\1$/.exec(text) ?? [];
  return inside ?? text;
}

/** A letter or picture is kept whole; the last one of a line that was cut may not be. */
function clipped(title: string, wasCut: boolean): string {
  const shown: string[] = [];
  for (const { segment } of GRAPHEMES.segment(title)) {
    shown.push(segment);
    if (shown.length > MAX_CHARACTERS) break;
  }
  const isLonger = wasCut || shown.length > MAX_CHARACTERS;
  return isLonger
    ? `${shown
        .slice(0, Math.min(shown.length, MAX_CHARACTERS) - 1)
        .join('')
        .trimEnd()}…`
    : title;
}
