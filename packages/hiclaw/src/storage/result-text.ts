import { FAILURE_REASONS, type FailureReason } from '@agrenting-hiclaw/core/domain';
import { isDigestLine } from './named-digests.ts';

/** What a worker says of its work, in its own words for it (HiClaw reference, 2.2). */
export type ResultStatus = 'done' | 'failed' | 'partial' | 'revision' | 'question' | 'unknown';

/** A `result.md`, read. */
export interface ResultText {
  /** Undefined for free text, which says nothing about itself. */
  readonly status: ResultStatus | undefined;
  /** The status as it was written. */
  readonly statusText: string | undefined;
  readonly summary: string | undefined;
  /** Paths as they were written. */
  readonly deliverables: readonly string[];
  readonly notes: readonly string[];
  /** Why it failed, in the marketplace's words, where the worker says that. */
  readonly reason: FailureReason | undefined;
  /** Everything that is no header line. */
  readonly body: string;
}

const STATUSES: Readonly<Record<string, ResultStatus>> = {
  SUCCESS: 'done',
  SUCCESS_WITH_NOTES: 'done',
  SUCCEEDED: 'done',
  COMPLETED: 'done',
  COMPLETE: 'done',
  DONE: 'done',
  OK: 'done',
  BLOCKED: 'failed',
  FAILED: 'failed',
  FAILURE: 'failed',
  INTERRUPTED: 'failed',
  REVISION_NEEDED: 'revision',
  PARTIAL: 'partial',
  QUESTION: 'question',
};

/** What a status word means. */
export function statusOf(word: string): ResultStatus {
  const plain = word
    .toUpperCase()
    .trim()
    .replace(/[\s-]+/g, '_');
  return STATUSES[plain] ?? 'unknown';
}

/** Of one list; each of them is looked for among all files. What comes after it is part of the answer. */
const MAX_ITEMS = 1_000;

const FIELDS = ['STATUS', 'SUMMARY', 'REASON', 'DELIVERABLES', 'SHA256', 'NOTES'] as const;
type Field = (typeof FIELDS)[number];
const LISTS = ['DELIVERABLES', 'SHA256', 'NOTES'] as const satisfies readonly Field[];
type List = (typeof LISTS)[number];

/** A header line, which may be dressed up in Markdown. */
const FIELD =
  /^[\s>#*_-]{0,99}(STATUS|SUMMARY|REASON|DELIVERABLES|SHA256|NOTES)\s{0,99}[*_]{0,9}\s{0,99}[:：]/i;
const ITEM = /^\s{0,99}(?:[-*+]|\d{1,9}[.)])\s(.*)$/s;
/** A v1.0 worker may write the words of its chat line into the file. */
const BARE_STATUS =
  /^[\s>#*_-]{0,99}(BLOCKED|FAILED|INTERRUPTED|QUESTION|REVISION_NEEDED)[*_]{0,9}\s{0,99}[:：]/;

/**
 * Reads a `result.md`: header lines followed by the answer, or free text (HiClaw reference, 2.4 to
 * 2.6). A header stands at the top, below headings at most; the same words further down belong to
 * the answer.
 */
export function readResultText(raw: string): ResultText {
  const lines = raw.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const start = lines.findIndex((line) => line.trim() !== '' && !/^\s{0,99}#{1,9}\s/.test(line));
  const first = start === -1 ? '' : (lines[start] ?? '');
  const bare = BARE_STATUS.exec(first);
  if (bare !== null) {
    const [beginning, word = ''] = bare;
    const said = first.slice(beginning.length).trimStart();
    const body = [said, ...lines.slice(start + 1)].join('\n').trim();
    return { ...FREE, status: statusOf(word), statusText: word, summary: said, body };
  }
  if (fieldOf(first)?.name !== 'STATUS') return { ...FREE, body: lines.join('\n').trim() };
  return readHeader(lines.slice(start), lines.slice(0, start));
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

function readHeader(lines: readonly string[], headings: readonly string[]): ResultText {
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
  const rest = lines.slice(end).join('\n').trim();
  // A heading above the header introduces the answer, if there is one.
  const title = headings.join('\n').trim();
  return {
    status: statusOf(statusText),
    statusText,
    summary: values.get('SUMMARY'),
    reason: reasonOf(values.get('REASON')),
    deliverables: items.DELIVERABLES,
    notes: items.NOTES,
    body: rest === '' || title === '' ? rest : `${title}\n\n${rest}`,
  };
}

/** Digests are listed as `sha256sum` prints them. */
function itemOf(list: List, line: string): string | undefined {
  if (list === 'SHA256') return isDigestLine(line) ? line.trim() : undefined;
  return ITEM.exec(line)?.[1]?.trim();
}

function reasonOf(text: string | undefined): FailureReason | undefined {
  return FAILURE_REASONS.find((reason) => reason === text?.trim().toLowerCase());
}

function fieldOf(line: string): { name: Field; value: string } | undefined {
  const [beginning = '', word] = FIELD.exec(line) ?? [];
  const name = FIELDS.find((field) => field === word?.toUpperCase());
  return name === undefined ? undefined : { name, value: undressed(line.slice(beginning.length)) };
}

function undressed(value: string): string {
  return value.replace(/^[\s*_]+/, '').replace(/(?<![\s*_])[\s*_]+$/, ''); // bounded: each run once, by what is before it
}
