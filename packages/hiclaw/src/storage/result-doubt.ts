import { fieldOf, cellOf, headingOf } from './result-fields.ts';
import { statusOf, type ResultStatus } from './result-status.ts';

/** Why nobody but its owner can tell whether a text without a header is an answer. */
export type ResultDoubt =
  /** A status that is no success stands somewhere in it. */
  | 'status_below'
  /** It begins with a word for a failure or a question. */
  | 'bare_word'
  /** It begins by saying that the work was not done. */
  | 'says_failed';

/** Looked at where the word is not in capitals, from either end. */
const MAX_EDGE_LINES = 40;
/** Looked at in any case. */
const MAX_LINES = 50_000;
const MAX_LINE_CHARACTERS = 2_000;

/** Whether free text may be a report that the work was not done, or a question, in the place of an answer. */
export function doubtOf(lines: readonly string[]): ResultDoubt | undefined {
  if (beginsWithBareWord(lines)) return 'bare_word';
  if (hasStatus(lines)) return 'status_below';
  return saysFailed(lines) ? 'says_failed' : undefined;
}

const BARE =
  /^[\s>#*_-]{0,99}(?:\p{Extended_Pictographic}\uFE0F? ?)?[*_]{0,3}(BLOCKED|FAILED|INTERRUPTED|QUESTION|REVISION_NEEDED|FAILURE|ABORTED)[*_]{0,9}\s{0,99}[:：]/iu;
const ANSWER =
  /^[\s>#*_-]{0,99}(?:A|ANSWER|ANTWORT|RÉPONSE|RESPUESTA|答|回答)[\d.]{0,9}[*_]{0,9}\s{0,99}[:：]/i;
const QUESTION = /^[\s>#*_-]{0,99}QUESTION[\s\d.]{0,9}[*_]{0,9}\s{0,99}[:：]/i;

function beginsWithBareWord(lines: readonly string[]): boolean {
  const edge = lines.slice(0, MAX_EDGE_LINES).map((line) => line.slice(0, MAX_LINE_CHARACTERS));
  const first = edge.find((line) => line.trim() !== '') ?? '';
  const firstWords = edge.find((line) => line.trim() !== '' && !/^\s{0,99}#{1,9}\s/.test(line)) ?? '';
  const word = BARE.exec(firstWords)?.[1]?.toUpperCase();
  // Questions that are answered are no question to anybody.
  if (word === 'QUESTION') return !isFaq(edge);
  if (word !== undefined) return true;
  return [first.replace(/^[\s#]{1,99}/, ''), firstWords].some((line) => isBad(statusOf(line)));
}

function isFaq(lines: readonly string[]): boolean {
  return lines.some((line) => ANSWER.test(line)) || lines.filter((line) => QUESTION.test(line)).length > 1;
}

function isBad(status: ResultStatus): boolean {
  switch (status) {
    case 'failed':
    case 'partial':
    case 'revision':
    case 'question':
      return true;
    case 'done':
    case 'unknown':
      return false;
  }
}

function hasStatus(lines: readonly string[]): boolean {
  const looked = lines.slice(0, MAX_LINES);
  return looked.some((whole, index) => {
    const line = whole.slice(0, MAX_LINE_CHARACTERS);
    const isEdge = index < MAX_EDGE_LINES || index >= lines.length - MAX_EDGE_LINES;
    if (!(isEdge ? /status|状态/i : /STATUS/).test(line)) return false;
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
  const beginning = lines.slice(0, MAX_EDGE_LINES).join('\n').trim().slice(0, MAX_BEGINNING_CHARACTERS);
  return REFUSALS.some((refusal) => refusal.test(beginning));
}
