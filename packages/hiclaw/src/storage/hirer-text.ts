import { withoutUserInfo, type Hiring } from '@agrenting-hiclaw/core/domain';

/**
 * Characters that hide or reorder what a reader sees: control characters but for tab and line feed,
 * and format characters but for the two joiners that letters and pictures need.
 */
const DECEPTIVE = /[[\p{Cc}\p{Cf}]--[\t\n\u200c\u200d]]/gv;

/** Text from a hirer as it may stand in a file: whole characters, line feeds only, nothing deceptive. */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n|[\r\u0085\u2028\u2029]/g, '\n')
    .replace(DECEPTIVE, '');
}

/** Puts text into a code block that nothing in it can close. */
export function fenced(text: string): string {
  let longest = 3;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

const MAX_TITLE_CHARACTERS = 80;
/** As much of a line as a title is made from. */
const MAX_TITLE_SOURCE = 300;

/**
 * A short title of a description, for lists: one line of letters, digits and plain punctuation, so
 * that it holds no mention, link, command or formatting, no matter who repeats it.
 */
export function titleOf(description: string): string {
  const line = cleanText(description)
    .split('\n', 50)
    .map((line) => plain(line.slice(0, MAX_TITLE_SOURCE)))
    .find((line) => line !== '');
  const title = line ?? 'Task from the marketplace';
  return title.length <= MAX_TITLE_CHARACTERS ? title : title.slice(0, MAX_TITLE_CHARACTERS).trimEnd();
}

function plain(line: string): string {
  return line
    .replace(/[a-z][a-z0-9+.-]{0,20}:\/\/\S{0,300}/gi, ' ')
    .replace(/[@#!][^\s:]{1,300}:\S{1,300}/g, ' ')
    .replace(/[^\p{L}\p{M}\p{N} .,'()+-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[^\p{L}\p{N}]{1,300}/u, '')
    .trim();
}

/**
 * The hiring with its repository token taken out of every text, wherever the hirer repeated it, and
 * with no user or password in the repository's address. What lies in `shared/` is read by every worker
 * (HiClaw reference, 8).
 */
export function withoutToken(hiring: Hiring): Hiring {
  const token = hiring.repoToken?.reveal() ?? '';
  const strip = (text: string) => (token === '' ? text : text.replaceAll(token, '[removed]'));
  const { repoToken: _, ...rest } = hiring;
  return {
    ...rest,
    description: strip(hiring.description),
    clientMessage: optionally(hiring.clientMessage, strip),
    repoUrl: optionally(hiring.repoUrl, (url) => strip(withoutUserInfo(url))),
    extras: token === '' ? hiring.extras : stripAll(hiring.extras, strip),
  };
}

function optionally(text: string | undefined, change: (text: string) => string): string | undefined {
  return text === undefined ? undefined : change(text);
}

function stripAll(fields: Readonly<Record<string, unknown>>, strip: (text: string) => string) {
  const seen = (value: unknown): unknown => {
    if (typeof value === 'string') return strip(value);
    if (Array.isArray(value)) return value.map(seen);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [strip(name), seen(inner)]));
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [strip(name), seen(value)]));
}
