import { FAILURE_REASONS, LIMITS, type FailureReason, type ResultDoubt } from '@agrenting-hiclaw/core/domain';
import { isDigestLine } from './named-digests.ts';
import { ownerOf, type HeaderWords } from './own-header.ts';
import { doubtOf } from './result-doubt.ts';
import { fieldOf, type Field } from './result-fields.ts';
import { findHeader, type FoundHeader } from './result-header.ts';
import { readStatus, statusOf, type ResultStatus } from './result-status.ts';

export { statusOf, type ResultStatus } from './result-status.ts';

/** A `result.md`, read. */
export interface ResultText {
  /** Undefined for free text, which says nothing about itself. */
  readonly status: ResultStatus | undefined;
  /** The status as it was written. */
  readonly statusText: string | undefined;
  /** Why free text may be no answer. */
  readonly doubt?: ResultDoubt | undefined;
  readonly summary: string | undefined;
  /** Paths as they were written. */
  readonly deliverables: readonly string[];
  readonly notes: readonly string[];
  /** Why it failed, in the marketplace's words, where the worker says that. */
  readonly reason: FailureReason | undefined;
  /** Everything that is no header line. */
  readonly body: string;
}

/** Of one list; each of them is looked for among all files. What comes after it is part of the answer. */
const MAX_ITEMS = 1_000;

const LISTS = ['DELIVERABLES', 'SHA256', 'NOTES'] as const satisfies readonly Field[];
type List = (typeof LISTS)[number];

const ITEM = /^\s{0,99}(?:[-*+]|\d{1,9}[.)])\s(.*)$/s;

/** A v1.0 worker may write its chat line into the file: to somebody, or with the id of a task. */
const CHAT_LINE =
  /^[\s>#*_]{0,20}(@[^\s:]{1,255}:\S{1,255}\s{1,9})?[*_]{0,3}(?:TASK_)?(BLOCKED|FAILED|INTERRUPTED|QUESTION|REVISION_NEEDED)[*_]{0,3}\s{0,9}[:：]\s{0,9}/;
const TASK_ID = /^[*_`[(]{0,4}agrenting-[0-9a-z-]{36,100}[\s*_`\])]{0,9}[:：,.–—-]?\s{0,9}/;

/**
 * Reads a `result.md`: a header followed by the answer, or free text (HiClaw reference, 2.4 to 2.6). A header stands at the
 * top, in any of the forms that models give it (`findHeader`); the same words further down belong to the answer. Free text
 * that may as well say that the work was not done is in doubt.
 */
export function readResultText(raw: string): ResultText {
  const lines = raw.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const header = findHeader(lines);
  const free = { ...FREE, body: lines.join('\n').trim() };
  if (header === undefined) {
    const chat = readChatLine(lines);
    if (chat === undefined) return { ...free, doubt: doubtOf(lines) };
    return isLongFailure(chat.status, chat.body) ? { ...free, doubt: 'long_failure' } : chat;
  }
  const read = readHeader(header);
  const doubted = (doubt: ResultDoubt | undefined) => ({ ...free, deliverables: read.deliverables, doubt });
  if (isLoneStatus(header, read)) return doubted('lone_status');
  const owner = ownerOf(header, read);
  if (owner === 'answer') return doubted(doubtOf(lines));
  if (owner !== 'worker') return doubted(owner);
  return isLongFailure(read.status, textBelow(header, read)) ? doubted('long_failure') : read;
}

function isLongFailure(status: ResultStatus | undefined, below: string): boolean {
  return status === 'failed' && below.length > LIMITS.failedResultCharacters;
}

function textBelow({ above }: FoundHeader, { body }: ResultText): string {
  const title = above.join('\n').trim();
  return body.startsWith(title) ? body.slice(title.length).trim() : body;
}

/** A longer text below a status is more than the reason for it. */
const MAX_REASON_CHARACTERS = 80;
const OWN_TITLE =
  /^[^\p{L}]{0,99}(?:(?:the|my|of|task|job|assignment|work|result|results|report|final|status|update)[^\p{L}]{1,20}){1,10}$/iu;

/** A status of something else, such as of the build that was looked at: alone, in a report with a title of its own. */
function isLoneStatus({ above }: FoundHeader, read: ResultText): boolean {
  if (read.status !== 'failed' && read.status !== 'question') return false;
  if (read.summary !== undefined || read.reason !== undefined) return false;
  if (read.deliverables.length + read.notes.length > 0) return false;
  const hasTitle = above.some((line) => /\p{L}/u.test(line) && !OWN_TITLE.test(`${line.slice(0, 400)} `));
  return hasTitle && read.body.length - above.join('\n').trim().length > MAX_REASON_CHARACTERS;
}

function readChatLine(lines: readonly string[]): ResultText | undefined {
  const start = lines.findIndex((line) => line.trim() !== '');
  const first = lines[start] ?? '';
  const [beginning = '', address, word] = CHAT_LINE.exec(first.slice(0, 2_000)) ?? [];
  const behind = first.slice(beginning.length);
  const id = TASK_ID.exec(behind)?.[0];
  if (word === undefined || (address === undefined && id === undefined)) return undefined;
  const said = behind.slice(id?.length ?? 0).trim();
  const body = [said, ...lines.slice(start + 1)].join('\n').trim();
  return { ...FREE, status: statusOf(word), statusText: word, summary: said, body };
}

const FREE: ResultText = {
  status: undefined,
  statusText: undefined,
  summary: undefined,
  deliverables: [],
  notes: [],
  reason: undefined,
  body: '',
};

function readHeader({ above, isBelowWords, fields, below }: FoundHeader): ResultText & HeaderWords {
  const lines = fields.length === 0 ? below : [...fields, '', ...below];
  const values = new Map<Field, string>();
  const items: Readonly<Record<List, string[]>> = { DELIVERABLES: [], SHA256: [], NOTES: [] };
  let list: List | undefined;
  let end = lines.length;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') {
      // A list behind an empty line is part of the answer.
      if (list !== undefined && items[list].length > 0) list = undefined;
      continue;
    }
    const field = fieldOf(line);
    if (field !== undefined && !values.has(field.name)) {
      values.set(field.name, field.value);
      list = LISTS.find((name) => name === field.name);
      if (list !== undefined && field.value !== '') items[list].push(field.value);
      continue;
    }
    const isFull = list !== undefined && items[list].length >= MAX_ITEMS;
    const item = list === undefined || isFull ? undefined : itemOf(list, line);
    if (list !== undefined && item !== undefined) {
      items[list].push(item);
      continue;
    }
    end = index;
    break;
  }
  const statusText = values.get('STATUS') ?? '';
  const { status, said } = readStatus(statusText);
  const rest = lines.slice(end).join('\n').trim();
  // A heading above the header introduces the answer, if there is one; words there are part of it.
  const title = above.join('\n').trim();
  const isPart = title !== '' && (rest !== '' || isBelowWords);
  return {
    status,
    statusText,
    summary: plainText(values.get('SUMMARY')) ?? (said === '' ? undefined : said),
    reason: reasonOf(values.get('REASON')),
    deliverables: items.DELIVERABLES,
    notes: items.NOTES,
    body: isPart ? `${title}\n\n${rest}`.trim() : rest,
  };
}

/** Without the quotes, backticks or end of a comment around it. */
function plainText(value: string | undefined): string | undefined {
  return value
    ?.replace(/\s{0,9}-->$/, '')
    .replace(/^(["'`])(.{0,9000})\1$/s, '$2')
    .replace(/`$/, '')
    .trim();
}

/** Digests are listed as `sha256sum` prints them. */
function itemOf(list: List, line: string): string | undefined {
  if (list === 'SHA256') return isDigestLine(line) ? line.trim() : undefined;
  return ITEM.exec(line)?.[1]?.trim();
}

function reasonOf(text: string | undefined): FailureReason | undefined {
  return FAILURE_REASONS.find((reason) => reason === text?.trim().toLowerCase());
}
