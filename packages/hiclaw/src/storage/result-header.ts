import { cellOf, fieldOf, FIELDS, headingOf, type Field } from './result-fields.ts';
import { statusOf } from './result-status.ts';

/** A header that was found, in whatever dress, as plain header lines. */
export interface FoundHeader {
  readonly above: readonly string[];
  /** Whether more than headings stands above it. */
  readonly isBelowWords: boolean;
  /** `STATUS: …` and the like, one each line. */
  readonly fields: readonly string[];
  readonly below: readonly string[];
  /** How many of our fields it has. */
  readonly fieldCount: number;
  /** Whether the name of its status is in capitals, as `spec.md` asks. */
  readonly isCapital: boolean;
  /** Whether fields that are none of ours stand with its own. */
  readonly hasForeign: boolean;
  /** Whether it is front matter or a table, which are ours as a whole or not at all. */
  readonly isBlock: boolean;
  /** Whether it is in one of the forms that samples have: a fence, a table, front matter, JSON. */
  readonly isSample: boolean;
}

/** A header stands among the first lines, or it belongs to the answer. */
const MAX_LINES = 40;
/** Lines of one fence, table or front matter. */
const MAX_BLOCK_LINES = 400;

const HEADING = /^\s{0,99}#{1,9}(?:\s|$)/;
const RULE = /^\s{0,3}(?:[-*_=]\s{0,2}){3,200}$/;
const FENCE = /^\s{0,3}(`{3,100}|~{3,100})/;

/**
 * The header of a `result.md`: lines, a fence, front matter, headings, a table or JSON that hold a STATUS, at the top, below
 * headings at most. Below a sentence it is one only with another field beside it.
 */
export function findHeader(lines: readonly string[]): FoundHeader | undefined {
  let hasWords = false;
  for (let at = 0; at < Math.min(lines.length, MAX_LINES); at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    const header = headerAt(lines, at, !hasWords);
    if (header !== undefined) {
      if (hasWords && header.count < 2) return undefined;
      const { title = [], fields, below, isBlock = false } = header;
      return {
        above: [...lines.slice(0, at), ...title],
        isBelowWords: hasWords,
        fields,
        below,
        fieldCount: header.count,
        isCapital: isCapital(lines.slice(at, at + MAX_BLOCK_LINES)),
        hasForeign: header.hasForeign === true || isForeign(lines[at - 1] ?? ''),
        isBlock,
        isSample: isBlock || FENCE.test(line) || line.trimStart().startsWith('{'),
      };
    }
    // Code of the answer, or a table of it.
    if (FENCE.test(line) || isRow(line)) return undefined;
    if (!HEADING.test(line) && !RULE.test(line)) hasWords = true;
  }
  return undefined;
}

const STATUS_NAME = /^[^\p{L}]{0,99}(?:\p{L}{1,20}[ _]{1,3})?(status)(?!\p{L})/iu;

function isCapital(lines: readonly string[]): boolean {
  for (const line of lines) {
    const name = STATUS_NAME.exec(line)?.[1];
    if (name !== undefined) return name === 'STATUS';
  }
  return false;
}

/** A line with a field that is none of ours. */
const KEY =
  /^(?:[>*_`"•-]|\d{1,2}[.)]\s|\s){0,20}\p{L}[\p{L}\p{N}_-]{0,30}(?: [\p{L}\p{N}_-]{1,30})?["*_`]{0,9}\s?[:：=](?!\/)/u;

function isForeign(line: string): boolean {
  return KEY.test(line.slice(0, 400)) && fieldOf(line) === undefined && headingOf(line) === undefined;
}

interface Header {
  /** Headings that stand above it in its fence. */
  readonly title?: readonly string[];
  readonly fields: readonly string[];
  readonly below: readonly string[];
  /** How many fields it has. */
  readonly count: number;
  readonly hasForeign?: boolean;
  readonly isBlock?: boolean;
}

function headerAt(lines: readonly string[], at: number, isTop: boolean): Header | undefined {
  const line = lines[at] ?? '';
  if (FENCE.test(line)) return fencedHeader(lines, at);
  if (isTop && /^\s{0,3}(?:---|\+\+\+)\s{0,99}$/.test(line)) return frontMatter(lines, at);
  if (isTop && line.trimStart().startsWith('{')) return jsonHeader(lines.slice(at), []);
  if (isRow(line)) return tableHeader(lines, at);
  if (headingOf(line) === 'STATUS') return sectionHeader(lines, at);
  return plainHeader(lines, at);
}

/** Lines with a field each; STATUS is among them, first or not. */
function plainHeader(lines: readonly string[], at: number): Header | undefined {
  const names = new Set<Field>();
  let hasForeign = false;
  let before = '';
  for (const line of lines.slice(at, at + 2 * FIELDS.length)) {
    const field = fieldOf(line);
    if (field !== undefined) names.add(field.name);
    else if (before.trim() !== '' && isForeign(line)) {
      hasForeign = true;
      break;
    } else if (line.trim() !== '' && (names.size === 0 || !isItem(line))) break;
    before = line;
  }
  if (!names.has('STATUS')) return undefined;
  return { fields: [], below: lines.slice(at), count: names.size, hasForeign };
}

function isItem(line: string): boolean {
  return /^\s{0,99}(?:[-*+]|\d{1,9}[.)])\s/.test(line);
}

function fencedHeader(lines: readonly string[], at: number): Header | undefined {
  const run = FENCE.exec(lines[at] ?? '')?.[1] ?? '';
  const inside: string[] = [];
  let end = at + 1;
  for (; end < lines.length && !(lines[end] ?? '').trimStart().startsWith(run); end += 1) {
    inside.push(lines[end] ?? '');
  }
  const after = lines.slice(end + 1);
  const first = inside.slice(0, MAX_LINES).findIndex((line) => line.trim() !== '' && !isTitle(line));
  const line = inside[first] ?? '';
  if (first === -1 || FENCE.test(line)) return undefined;
  if (line.trimStart().startsWith('{')) return jsonHeader(inside.slice(first), after);
  const header = headerAt(inside, first, true);
  if (header === undefined) return undefined;
  return { ...header, title: inside.slice(0, first), below: [...header.below, '', ...after] };
}

function isTitle(line: string): boolean {
  return HEADING.test(line) && headingOf(line) === undefined && fieldOf(line) === undefined;
}

function frontMatter(lines: readonly string[], at: number): Header | undefined {
  const mark = (lines[at] ?? '').trim();
  const length = lines
    .slice(at + 1, at + 1 + MAX_BLOCK_LINES)
    .findIndex((line) => line.trim() === mark || line.trim() === '...');
  if (length === -1) return undefined;
  const fields: string[] = [];
  let isKept = false;
  let hasForeign = false;
  for (const line of lines.slice(at + 1, at + 1 + length)) {
    const field = fieldOf(line);
    hasForeign ||= !/^\s/.test(line) && isForeign(line);
    if (field !== undefined) fields.push(`${field.name}: ${unquoted(field.value)}`);
    else if (isKept && isItem(line)) fields.push(line);
    isKept = field !== undefined || (isKept && isItem(line));
  }
  return blockHeader(fieldsHeader(fields, lines.slice(at + length + 2)), hasForeign);
}

function blockHeader(header: Header | undefined, hasForeign: boolean): Header | undefined {
  return header === undefined ? undefined : { ...header, hasForeign, isBlock: true };
}

function unquoted(value: string): string {
  return /^(["']).{0,2000}\1$/.test(value) ? value.slice(1, -1) : value;
}

function isRow(line: string): boolean {
  return /^\s{0,3}\|/.test(line);
}

/** A row for each field, or a column for each and one row below. */
function tableHeader(lines: readonly string[], at: number): Header | undefined {
  const rows = lines.slice(at, at + MAX_BLOCK_LINES);
  const length = rows.findIndex((line) => !isRow(line));
  const table = (length === -1 ? rows : rows.slice(0, length))
    .map((line) => cellsOf(line))
    .filter((cells) => !cells.every((cell) => /^[\s:-]{0,200}$/.test(cell)));
  const below = lines.slice(at + (length === -1 ? rows.length : length));
  const down = table.flatMap(([name = '', value = '']) => fieldText(name, value));
  const [names = [], values = [], ...more] = table;
  const found = more.length > 0 ? [] : names.flatMap((name, index) => fieldText(name, values[index] ?? ''));
  // Beside a column of something else it may be the status of that.
  const across = found.length === 1 && names.length > 1 ? [] : found;
  // The first row may be the names of the columns.
  const isMixedDown = table.slice(1).some(([name = '']) => cellOf(name) === undefined);
  const isMixedAcross = names.some((name) => cellOf(name) === undefined);
  return (
    blockHeader(fieldsHeader(down, below), isMixedDown) ??
    blockHeader(fieldsHeader(across, below), isMixedAcross)
  );
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(0, 4_000)
    .trim()
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split('|')
    .map((cell) => cell.trim());
}

function fieldText(cell: string, value: string): readonly string[] {
  const name = cellOf(cell);
  // The name of the column beside it is no value.
  return name === undefined || cellOf(value) !== undefined ? [] : [`${name}: ${value}`];
}

function fieldsHeader(fields: readonly string[], below: readonly string[]): Header | undefined {
  const names = new Set(fields.flatMap((line) => fieldOf(line)?.name ?? []));
  return names.has('STATUS') ? { fields, below, count: names.size } : undefined;
}

/** A heading for each field, and its value below. */
function sectionHeader(lines: readonly string[], at: number): Header | undefined {
  const fields: string[] = [];
  let place = at;
  for (;;) {
    const name = headingOf(lines[place] ?? '');
    if (name === undefined || (name !== 'STATUS' && name !== 'SUMMARY' && name !== 'REASON')) break;
    const valueAt = nextFilled(lines, place + 1);
    const value = lines[valueAt] ?? '';
    if (HEADING.test(value) || (name === 'STATUS' && statusOf(value) === 'unknown')) break;
    fields.push(`${name}: ${value.trim()}`);
    place = nextFilled(lines, valueAt + 1);
  }
  return fieldsHeader(fields, lines.slice(place));
}

function nextFilled(lines: readonly string[], from: number): number {
  const index = lines.slice(from, from + MAX_LINES).findIndex((line) => line.trim() !== '');
  return index === -1 ? lines.length : from + index;
}

/** A longer text is an answer. */
const MAX_JSON_CHARACTERS = 65_536;

/** An object whose keys are fields, and nothing but fields. */
function jsonHeader(lines: readonly string[], below: readonly string[]): Header | undefined {
  const object = parsed(lines.join('\n').slice(0, MAX_JSON_CHARACTERS + 1));
  if (object === undefined) return undefined;
  const fields: string[] = [];
  for (const [key, value] of Object.entries(object)) {
    const name = cellOf(key);
    if (name === undefined) return undefined;
    const values = (Array.isArray(value) ? value : [value]).map((one) =>
      String(one).replace(/\s{1,999}/g, ' '),
    );
    fields.push(`${name}: ${Array.isArray(value) ? '' : (values[0] ?? '')}`);
    if (Array.isArray(value)) fields.push(...values.map((one) => `- ${one}`));
  }
  return fieldsHeader(fields, below);
}

function parsed(text: string): object | undefined {
  if (text.length > MAX_JSON_CHARACTERS) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
