import type { ResultDoubt } from '@agrenting-hiclaw/core/domain';
import { isBadJson, parsedJson } from './json-status.ts';
import { plainLine } from './plain-line.ts';
import { mayRefuse } from './refusals.ts';
import { cellOf, fieldOf, headingOf } from './result-fields.ts';
import { isBad, statusOf, type ResultStatus } from './result-status.ts';
import { isBadTitle, saysBadStatus } from './status-line.ts';
import { codeIn, withoutThoughts, type Code } from './text-parts.ts';

/** Looked at where the word is not in capitals, from either end. */
const MAX_EDGE_LINES = 40;
/** Looked at in any case. */
const MAX_LINES = 50_000;
const MAX_LINE_CHARACTERS = 2_000;
/** With more of them, nobody has seen what they all say. */
const MAX_STATUS_LINES = 10_000;

/** Whether free text may be a report that the work was not done, or a question, instead of an answer. */
export function doubtOf(raw: readonly string[]): ResultDoubt | undefined {
  const lines = withoutThoughts(raw);
  const start = lines.find((line) => line.trim() !== '') ?? '';
  const json = /^\s{0,99}[{[]/.test(start) ? parsedJson(lines.join('\n')) : undefined;
  if (json !== undefined) return isBadJson(json) ? 'status_below' : undefined;
  const text = { lines, code: codeIn(lines.slice(0, MAX_LINES)) };
  const first = lines.slice(0, MAX_EDGE_LINES).map((line) => plainLine(line));
  const last = lines
    .slice(MAX_EDGE_LINES)
    .slice(-MAX_EDGE_LINES)
    .map((line) => plainLine(line));
  if (beginsWithBareWord(first)) return 'bare_word';
  if (hasStatus(text) || [first, last].some((edge, index) => hasPlainStatus(edge, index === 0, text))) {
    return 'status_below';
  }
  if (hasBadFlag(first, last)) return 'status_below';
  if (saysFailed(first)) return 'says_failed';
  return isRefusal(text, first) ? 'may_refuse' : undefined;
}

interface Text {
  readonly lines: readonly string[];
  /** Its fences. */
  readonly code: Code;
}

const BARE =
  /^[\s>#*_-]{0,99}(?:\p{Extended_Pictographic}\uFE0F? ?)?[*_]{0,3}(BLOCKED|FAILED|INTERRUPTED|QUESTION|REVISION_NEEDED|FAILURE|ABORTED)[*_]{0,9}\s{0,99}[:：]/iu;
const ANSWER =
  /^[\s>#*_-]{0,99}(?:A|ANSWER|ANTWORT|RÉPONSE|RESPUESTA|答|回答)[\d.]{0,9}[*_]{0,9}\s{0,99}[:：]/i;
const QUESTION = /^[\s>#*_-]{0,99}QUESTION[\s\d.]{0,9}[*_]{0,9}\s{0,99}[:：]/i;

function beginsWithBareWord(lines: readonly string[]): boolean {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  const firstWords = lines.find((line) => line.trim() !== '' && !/^\s{0,99}#{1,9}\s/.test(line)) ?? '';
  const word = BARE.exec(firstWords)?.[1]?.toUpperCase();
  // Questions that are answered are no question to anybody.
  if (word === 'QUESTION') return !isFaq(lines);
  if (word !== undefined || isBadTitle(first) || isBadTitle(firstWords)) return true;
  return [first.replace(/^[\s#]{1,99}/, ''), firstWords].some((line) => isBad(statusOf(line)));
}

function isFaq(lines: readonly string[]): boolean {
  return lines.some((line) => ANSWER.test(line)) || lines.filter((line) => QUESTION.test(line)).length > 1;
}

function hasStatus({ lines, code }: Text): boolean {
  const looked = lines.slice(0, MAX_LINES);
  let left = MAX_STATUS_LINES;
  return looked.some((whole, index) => {
    const line = whole.slice(0, MAX_LINE_CHARACTERS);
    const isEdge = index < MAX_EDGE_LINES || index >= lines.length - MAX_EDGE_LINES;
    if (code.kinds[index] === 'code' || !(isEdge ? /status|状态/i : /STATUS/).test(line)) return false;
    left -= 1;
    if (left < 0) return true;
    const below = lines.slice(index + 1, index + 4).find((next) => next.trim() !== '') ?? '';
    return isBad(statusIn(line, below));
  });
}

function statusIn(line: string, below: string): ResultStatus {
  if (headingOf(line) === 'STATUS') return statusOf(below);
  const [, name = '', value = ''] = line.split('|', 3);
  if (cellOf(name) === 'STATUS') return statusOf(value);
  const field = fieldOf(line);
  return field?.name === 'STATUS' ? statusOf(field.value) : 'unknown';
}

/** A flag as a program writes it, alone on its line: `Success: false`, `Completed: no`, `exit_status: 1`. */
const BAD_FLAG =
  /^[^\p{L}\s]{0,20}(?:(?:is[ _]?|task[ _]?|job[ _]?)?(?:success|successful|succeeded|ok|completed?|done|finished|passed|delivered)[*_`"']{0,4}\s{0,4}[:=?][*_`"']{0,4}\s{0,4}(?:false|no|nein|non|nope|0|❌|✗|✘|not yet|否)|(?:exit|return)[ _]?(?:code|status)[*_`"']{0,4}\s{0,4}[:=]\s{0,4}-?[1-9]\d{0,4}|(?:failed|blocked|is[ _]?error|has[ _]?error|aborted)[*_`"']{0,4}\s{0,4}[:=][*_`"']{0,4}\s{0,4}(?:true|yes|ja|oui))[^\p{L}\p{N}]{0,20}$/iu;

/** As the first or the last line: further in, it is of what the answer is about. */
function hasBadFlag(first: readonly string[], last: readonly string[]): boolean {
  const filled = [...first, ...last].filter((line) => line.trim() !== '');
  return [filled[0], filled.at(-1)].some((line) => line !== undefined && BAD_FLAG.test(line));
}

/** One in other words, in other languages, or in another dress. */
function hasPlainStatus(edge: readonly string[], isFirst: boolean, { lines, code }: Text): boolean {
  const offset = isFirst ? 0 : lines.length - edge.length;
  if (edge.some((_, index) => code.kinds[offset + index] !== 'code' && saysBadStatus(edge, index)))
    return true;
  if (!isFirst || code.first === undefined || code.proseCharacters > MAX_INTRODUCTION_CHARACTERS)
    return false;
  const json = parsedJson(code.first);
  return json !== undefined && isBadJson(json);
}

/** Around a fence that is all that a text has to say. */
const MAX_INTRODUCTION_CHARACTERS = 300;

function isRefusal({ lines, code }: Text, first: readonly string[]): boolean {
  if (code.codeLines >= MIN_CODE_LINES || isFaq(first)) return false;
  if (lines.length > MAX_SHORT_LINES) return false;
  const prose = lines.filter((_, index) => code.kinds[index] !== 'code').map((line) => plainLine(line));
  return mayRefuse(prose.join('\n'));
}

/** So much code is an answer, whatever is said of it. */
const MIN_CODE_LINES = 3;
const MAX_SHORT_LINES = 200;

/** As much of the beginning is read for what it says of the work. */
const MAX_BEGINNING_CHARACTERS = 600;
const DO =
  '(?:complete|finish|do|access|perform|fulfil+|deliver|proceed|continue|carry out|process|open|read|find|start|help)';
/** In the first person, since a text about others may say the like. */
const REFUSALS: readonly RegExp[] = [
  // bounded: each alternative is a word
  new RegExp(
    `\\bI (?:could not|couldn['’]t|cannot|can['’]t|can not|failed to|(?:was|am) (?:unable|not able) to) ${DO}\\b`,
    'i',
  ),
  /\bI(?:['’]m| am)? sorry,? but I\b/i,
  /\b(?:the|this) (?:task|job|assignment) (?:(?:has )?failed|is blocked|was not possible|(?:was not|could not be|cannot be|can['’]t be) (?:completed|done|finished|carried out))\b/i,
  /无法(?:完成|访问|执行|继续)|任务失败/,
];

function saysFailed(lines: readonly string[]): boolean {
  const beginning = lines.join('\n').trim().slice(0, MAX_BEGINNING_CHARACTERS);
  return REFUSALS.some((refusal) => refusal.test(beginning));
}
