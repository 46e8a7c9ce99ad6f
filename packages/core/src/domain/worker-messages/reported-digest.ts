import { MARKERS } from './marker.ts';

/** What a report says of SHA-256s without naming that of its `result.md`. */
export const UNREAD_DIGESTS = ['malformed', 'unlabelled', 'other_files'] as const;
export type UnreadDigest = (typeof UNREAD_DIGESTS)[number];

/** Which SHA-256 a report names for its `result.md`. */
export interface ReportedDigest {
  /** In hex and lower case; several where it is unclear which one is meant, none where it names none. */
  readonly sha256s: readonly string[];
  /** What it says instead, where it names none. */
  readonly unread?: UnreadDigest | undefined;
}

/** A SHA-256 in a text, and what stands around it. */
interface Mention {
  readonly sha256: string;
  /** The line that it begins in, by its place among the lines. */
  readonly line: number;
  readonly role: 'asked_for' | 'result' | 'other_file' | 'labelled' | 'bare';
}

/** Lines above and below the report's own that are looked through for a line about `result.md`. */
const MAX_LINES_AWAY = 12;
/** Lines below it in which a SHA-256 counts that says of no file. */
const MAX_LINES_BELOW = 2;
const MAX_LINE_CHARACTERS = 2_000;

/**
 * Reads which SHA-256 a report names for its `result.md`, in whatever form models write it: in hex or Base64, in capitals, dressed
 * up, wrapped, as `sha256sum` prints it with or without `--tag`. One in the form that was asked for counts before all others, then
 * those beside the name of the file, then those that are called a SHA-256 in the report or just below it. What is said of another file
 * is none of `result.md`.
 *
 * @param lines - those of the whole message
 * @param at - the report's own among them
 */
export function reportedDigest(lines: readonly string[], at: number): ReportedDigest {
  const first = firstOf(lines, at);
  const region = lines.slice(first, endOf(lines, at)).map((line) => line.slice(0, MAX_LINE_CHARACTERS));
  const mentions = mentionsIn(
    region.map((line) => (/^\s{0,3}>/.test(line) ? '' : line)),
    at - first,
  );
  const isNear = ({ line }: Mention): boolean => line >= at - first && line <= at - first + MAX_LINES_BELOW;
  const counting = [
    mentions.filter(({ role }) => role === 'asked_for'),
    mentions.filter(({ role }) => role === 'result'),
    mentions.filter((one) => one.role === 'labelled' && isNear(one)),
    // In the report's own line a file may be named for another reason.
    mentions.filter(({ role, line }) => role === 'other_file' && line === at - first),
  ];
  const found = counting.find((some) => some.length > 0);
  if (found !== undefined) return { sha256s: [...new Set(found.map(({ sha256 }) => sha256))] };
  const near = region.slice(at - first, at - first + 1 + MAX_LINES_BELOW).join('\n');
  const unread = unreadIn(near, mentions.filter(isNear));
  return unread === undefined ? { sha256s: [] } : { sha256s: [], unread };
}

/** The lines of a message around its report, up to another one. */
function firstOf(lines: readonly string[], at: number): number {
  let first = at;
  while (first > 0 && first > at - MAX_LINES_AWAY && !isReport(lines[first - 1])) first -= 1;
  return first;
}

function endOf(lines: readonly string[], at: number): number {
  let end = at + 1;
  while (end < lines.length && end <= at + MAX_LINES_AWAY && !isReport(lines[end])) end += 1;
  return end;
}

function isReport(line = ''): boolean {
  return MARKERS.some((marker) => line.includes(marker));
}

/** One in hex, whole, in pairs, or in parts that a line's end or blanks keep apart; or one in Base64. */
// bounded: each part has a bound, and begins where a run of digits does
const DIGEST = new RegExp(
  [
    String.raw`(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])`,
    String.raw`(?<![0-9a-z:])[0-9a-f]{2}(?::[0-9a-f]{2}){31}(?![0-9a-z:])`,
    String.raw`(?<![0-9a-z])(?:[0-9a-f]{8} ){7}[0-9a-f]{8}(?![0-9a-z])`,
    String.raw`(?<![0-9a-z])(?:[0-9a-f]{16} ){3}[0-9a-f]{16}(?![0-9a-z])`,
    String.raw`(?<![0-9a-z])[0-9a-f]{32}[ \\]{0,2}[ \n]\s{0,8}[0-9a-f]{32}(?![0-9a-z])`,
    String.raw`(?<![0-9a-z])[0-9a-f]{16,63}[ \\]{0,2}\n\s{0,8}[0-9a-f]{1,48}(?![0-9a-z])`,
    String.raw`(?<![0-9a-z+/])[0-9a-z+/_-]{43}=(?![0-9a-z=])`,
  ].join('|'),
  'gi',
);

/** As much of what stands before and behind one is looked at. */
const MAX_AROUND = 400;
const MAX_MENTIONS = 100;

function mentionsIn(lines: readonly string[], ownLine: number): readonly Mention[] {
  const text = lines.join('\n');
  const mentions: Mention[] = [];
  let from = 0;
  let line = 0;
  let counted = 0;
  for (const { 0: written, index } of text.matchAll(DIGEST)) {
    const sha256 = hexOf(written);
    if (sha256 === undefined) continue;
    const end = index + written.length;
    line += text.slice(counted, index).split('\n').length - 1;
    counted = index;
    const before = text.slice(Math.max(from, index - MAX_AROUND), index);
    const behind = text.slice(end, end + MAX_AROUND).split('\n', 1)[0] ?? '';
    mentions.push({ sha256, line, role: roleOf(before, behind, line === ownLine) });
    from = end;
    if (mentions.length === MAX_MENTIONS) break;
  }
  return mentions;
}

function hexOf(written: string): string | undefined {
  if (written.endsWith('=')) {
    const bytes = Buffer.from(written, 'base64');
    return bytes.length === 32 ? bytes.toString('hex') : undefined;
  }
  const hex = written.replaceAll(/[^0-9a-f]/gi, '').toLowerCase();
  return hex.length === 64 ? hex : undefined;
}

/** In the form that a worker is asked for: in brackets, where the line ends. */
const ASKED_FOR = /[[({]\s?sha-?256\s{0,3}[=:]\s{0,3}(?:sha-?256[:=-])?["'`*]{0,3}$/i;
const ASKED_FOR_END = /^["'`*]{0,3}\s?[\])}][\s.*_`]{0,9}$/;

function roleOf(before: string, behind: string, isOwnLine: boolean): Mention['role'] {
  if (isOwnLine && ASKED_FOR.test(before) && ASKED_FOR_END.test(behind)) return 'asked_for';
  const read = readBefore(before);
  const name = nameBehind(before, behind) ?? read.name;
  if (name !== undefined) return isResult(name) ? 'result' : 'other_file';
  return read.isLabelled ? 'labelled' : 'bare';
}

/** Between a name or label and the digest: emphasis, code, quotes, brackets, colons, arrows and the line of a table. */
const MARKS = /[\s*_`"'“”|()[\]{}<>:：=→–—-]{1,20}$/;
const LABEL = /sha-?\s?(?:2-?)?256(?:[ -]?(?:sum|digest|hash|checksum|value|hex)){0,2}$/i;
const PATH = /[\w.@~/-]{1,300}$/;

/** What a digest is called, and whose it is, by the words before it. */
function readBefore(before: string): { readonly name: string | undefined; readonly isLabelled: boolean } {
  const bare = withoutMarks(before.replace(/sha-?256[:=-]$/i, ' sha256='));
  const label = LABEL.exec(bare);
  const head = label === null ? bare : withoutMarks(bare.slice(0, label.index));
  return { name: fileOf(PATH.exec(head)?.[0]), isLabelled: label !== null };
}

function withoutMarks(text: string): string {
  return text.replace(MARKS, '').replace(/\sis$/i, '').replace(MARKS, '');
}

const BEHIND = /^[`*_"']{0,4}([ \t|]{1,6}[*`"'(]{0,3})([\w.@~/-]{1,300})/;

/** A file that is named behind it: in prose, behind a single blank, only `result.md` is taken for one. */
function nameBehind(before: string, behind: string): string | undefined {
  const [, between = '', path] = BEHIND.exec(behind) ?? [];
  const name = fileOf(path?.replace(/[.-]{1,3}$/, ''));
  const isFirst = /(?:^|\n)[\s>*+`|_-]{0,40}$/.test(before);
  return name !== undefined && (isFirst || between !== ' ' || isResult(name)) ? name : undefined;
}

function fileOf(path: string | undefined): string | undefined {
  return path !== undefined && /\.[a-z]\w{0,7}$/i.test(path) ? path : undefined;
}

function isResult(path: string): boolean {
  return /(?:^|\/)result\.md$/i.test(path);
}

/** What is called a SHA-256 and is none; words such as "none" are too short for that. */
const MALFORMED = /sha-?256\s{0,3}[=:]\s{0,3}["'`*]{0,3}[0-9a-z+/_-]{16,200}/i;

function unreadIn(near: string, mentions: readonly Mention[]): UnreadDigest | undefined {
  const roles = new Set(mentions.map(({ role }) => role));
  if (roles.has('other_file')) return 'other_files';
  if (roles.has('bare')) return 'unlabelled';
  return MALFORMED.test(near) ? 'malformed' : undefined;
}
