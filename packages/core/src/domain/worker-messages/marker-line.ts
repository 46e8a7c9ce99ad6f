import type { TaskId } from '../hiring/ids.ts';
import type { Marker } from './marker.ts';
import { leadingId, namedTask } from './named-task.ts';
import { isNoStatement } from './no-statement.ts';
import type { SpokenLine } from './spoken-lines.ts';
import { isVagueQuestion, isVagueReason } from './vague-words.ts';

/** Who the worker reports to, and about which attempt. */
export interface ReportedAttempt {
  readonly ourUserId: string;
  readonly taskId: TaskId;
  /** Whether the room was opened for it: then an id that is not quite its own can mean nothing else. */
  readonly hasOwnRoom?: boolean | undefined;
}

/** A line that says one of the markers about the attempt. */
export interface MarkerLine {
  /** What stands behind the marker, without the task id. */
  readonly said: string;
  /** The same; where that is nothing, the next line below that says something. */
  readonly words: string;
  /** Its place among the lines. */
  readonly index: number;
  /**
   * Whether a few words stand there that may as well be a "none" in a language that nobody listed, or an id that is not quite
   * the attempt's, in a room that hirings share.
   */
  readonly isVague: boolean;
}

/** Of one line so much is looked through. */
const MAX_LINE_CHARACTERS = 40_000;

/**
 * The first line with clear words, or else the first one, that says a marker in the form that a worker is asked for: at the start of a line, with our Matrix id
 * before it or the task id behind it. Emphasis, a heading and emoji may stand before it; list items, sentences,
 * quotations and code that hold the word speak of it, and so does a line with a placeholder or a "none" in the
 * place of words.
 */
export function findMarker(
  lines: readonly SpokenLine[],
  marker: Marker,
  attempt: ReportedAttempt,
): MarkerLine | undefined {
  let vague: MarkerLine | undefined;
  for (const [index, { text, above }] of lines.entries()) {
    if (!text.includes(marker)) continue;
    const behind = behindMarker(text.slice(0, MAX_LINE_CHARACTERS), marker, attempt);
    if (behind === undefined) continue;
    const said = withoutTaskId(behind.said, attempt.taskId);
    const words = said !== '' ? said : nextWords(lines, index);
    if (isNoStatement(words, marker) || isIntroduced(above)) continue;
    if (!behind.isDoubtful && !isVague(words, marker)) return { said, words, index, isVague: false };
    vague ??= { said, words, index, isVague: true };
  }
  return vague;
}

function isVague(words: string, marker: Marker): boolean {
  switch (marker) {
    case 'BLOCKED':
      return isVagueReason(words);
    case 'QUESTION':
      return isVagueQuestion(words);
    case 'TASK_COMPLETED':
    case 'PROGRESS':
      return false;
  }
}

/** Blank lines that may stand between a marker and its words. */
const MAX_BLANK_LINES = 20;

function nextWords(lines: readonly SpokenLine[], index: number): string {
  const below = lines.slice(index + 1, index + 1 + MAX_BLANK_LINES);
  return below.find(({ text }) => text.trim() !== '')?.text.trim() ?? '';
}

/** What may stand before the address: emphasis, a heading, emoji. A list item is none of it. */
const OPENING = /^(?! {0,3}\*\s) {0,3}(?:#{1,6} )?(?:[*_ ]|\p{Extended_Pictographic}|\uFE0F|\u200D){0,12}/u;

/** Emoji and emphasis around the word. */
const BEFORE_WORD = '^(?:\\p{Extended_Pictographic}[\\uFE0F\\u200D]{0,2} {0,3}){0,3}[*_]{0,3}';
const BEHIND_WORD =
  '(?:_{1,3}|\\*{1,3})?(?!\\w)(?: {0,3}\\p{Extended_Pictographic}[\\uFE0F\\u200D]{0,2}){0,3}';
/** Without a colon a marker counts before a task id. */
const BEFORE_ID = '\\s{1,9}(?=\\S{0,9}agrenting-)|\\s{0,9}[-–—]{1,2}\\s{0,9}(?=\\S{0,9}agrenting-)';

// TASK_COMPLETED counts at the end of a line, too.
const FORMS: Readonly<Record<Marker, RegExp>> = {
  TASK_COMPLETED: formOf('TASK_COMPLETED', `\\s{0,9}[:：]|\\s{0,99}$|${BEFORE_ID}`),
  BLOCKED: formOf('(?:TASK_)?BLOCKED', `\\s{0,9}[:：]|${BEFORE_ID}`),
  QUESTION: formOf('QUESTION', `\\s{0,9}[:：]|${BEFORE_ID}`),
  PROGRESS: formOf('PROGRESS', `\\s{0,9}[:：]|${BEFORE_ID}`),
};

function formOf(word: string, separator: string): RegExp {
  return new RegExp(`${BEFORE_WORD}${word}${BEHIND_WORD}(?:${separator})`, 'u'); // bounded: each repetition has a bound
}

/** What stands behind a marker about the attempt, and whether that is not sure because of the id that it names. */
interface BehindMarker {
  readonly said: string;
  readonly isDoubtful: boolean;
}

function behindMarker(
  line: string,
  marker: Marker,
  { ourUserId, taskId, hasOwnRoom = false }: ReportedAttempt,
): BehindMarker | undefined {
  const opening = OPENING.exec(line);
  if (opening === null) return undefined;
  const { rest, isToUs } = withoutAddress(line.slice(opening[0].length), ourUserId);
  const match = FORMS[marker].exec(rest);
  if (match === null) return undefined;
  const said = rest.slice(match[0].length).trim();
  switch (namedTask(said, taskId)) {
    case 'ours':
      return { said, isDoubtful: false };
    case 'misspelt':
      return { said, isDoubtful: !hasOwnRoom };
    case 'another':
      return undefined;
    case 'none':
      return isOurs(said, taskId, isToUs) ? { said, isDoubtful: false } : undefined;
  }
}

const LINK = /^\[[^\]\n]{1,300}\]\(<?https:\/\/matrix\.to\/#\/([^)\s>]{1,600})>?\)/;
/** Between a name and the marker: emphasis that ends, a comma or colon, and a blank. */
const BEHIND_NAME = /^[*_]{0,3}[,:：]?[*_]{0,3}\s{1,9}/;

/** What follows the Matrix id, mention or name that a line begins with, and whether that is ours. */
function withoutAddress(text: string, ourUserId: string, isFirst = true): { rest: string; isToUs: boolean } {
  const link = LINK.exec(text);
  const localpart = ourUserId.slice(1).split(':')[0] ?? '';
  const linked = link === null ? [] : [link[0]];
  const isLinkToUs = link?.[1] !== undefined && isIdOf(link[1], ourUserId);
  const lower = text.slice(0, 1_024).toLowerCase();
  for (const name of [...linked, `<${ourUserId}>`, ourUserId, `@${localpart}`, localpart]) {
    if (name === '' || !lower.startsWith(name.toLowerCase())) continue;
    const between = BEHIND_NAME.exec(text.slice(name.length, name.length + 64));
    if (between === null) continue;
    const isToUs = link === null || name !== link[0] || isLinkToUs;
    return { rest: text.slice(name.length + between[0].length), isToUs };
  }
  const other = /^@[^\s]{1,400}\s{1,9}/.exec(text)?.[0];
  if (other === undefined) return { rest: text, isToUs: false };
  const rest = text.slice(other.length);
  // Some name their Manager before us.
  return isFirst ? withoutAddress(rest, ourUserId, false) : { rest, isToUs: false };
}

function isIdOf(linked: string, userId: string): boolean {
  try {
    return decodeURIComponent(linked).toLowerCase() === userId.toLowerCase();
  } catch {
    return false;
  }
}

const HIRING_ID = /^[\s*_`[(]{0,9}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])/i;

/** Words that name no task are ours where they are said to us; some name the hiring in its place. */
function isOurs(said: string, taskId: TaskId, isToUs: boolean): boolean {
  const hiring = HIRING_ID.exec(said)?.[1]?.toLowerCase();
  return hiring === undefined ? isToUs : taskId.includes(hiring);
}

/** What separates a task id from the words behind it. */
const BEHIND_ID = /^(?:…|\.{3})?[\s*_`\])]{0,9}(?:[:：,;–—]|\.(?!\.)|-{1,2})?[\s*_`]{0,9}/;

function withoutTaskId(said: string, taskId: TaskId): string {
  const bare = said.replace(/^[\s*_`]+/, '').replace(/(?<![\s*_`])[\s*_`]+$/, ''); // bounded: each run once, by what is before it
  const named = bare.replace(/^[[(]/, '');
  const id = leadingId(named, taskId);
  return id === undefined ? bare : named.slice(id.length).replace(BEHIND_ID, '');
}

/** Words that say that the line below is an example of what may be said later. */
const EXAMPLE =
  /^\P{L}{0,9}(?:if|when|whenever|once|wenn|falls|sobald|si|quand|lorsque|cuando|en caso|se|caso|quando|если|когда|もし)(?!\p{L})|(?<!\p{L})(?:whenever|once|unless|would|will|shall|example|format|e\.g)(?!\p{L})|['’]ll\s|如果|若|格式|例如|将|会发/iu;
/** As much of the end of a line is read for that. */
const MAX_INTRODUCTION_CHARACTERS = 300;

/** Whether the last sentence above the line introduces it as an example. */
function isIntroduced(above: string | undefined): boolean {
  const end = above?.trimEnd().slice(-MAX_INTRODUCTION_CHARACTERS) ?? '';
  const sentence = end.split(/[.!?。！？]\s|[。！？]/).at(-1) ?? '';
  return /[:：][*_]{0,3}$/.test(end) && EXAMPLE.test(sentence);
}
