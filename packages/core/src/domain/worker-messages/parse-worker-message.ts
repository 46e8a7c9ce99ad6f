import { goesOn } from './goes-on.ts';
import { MARKERS } from './marker.ts';
import { findMarker, type MarkerLine, type ReportedAttempt } from './marker-line.ts';
import { namedTask, type NamedTask } from './named-task.ts';
import { reportedDigest, type ReportedDigest } from './reported-digest.ts';
import { linesOf, soleLine, spokenLines, type SpokenLine } from './spoken-lines.ts';

export type { ReportedAttempt } from './marker-line.ts';

/** What a worker's line of chat means to one attempt (HiClaw reference, 2.4 and 3.9). Texts are data from outside. */
export type WorkerStatement =
  /** `digest` is the SHA-256 of its `result.md`, where it says anything of one. */
  | { readonly kind: 'completed'; readonly summary: string; readonly digest?: ReportedDigest | undefined }
  /** The same of an id that is not quite the attempt's, in a room that hirings share. */
  | {
      readonly kind: 'completed_in_doubt';
      readonly summary: string;
      readonly digest?: ReportedDigest | undefined;
    }
  /**
   * `isVague`: a few words that may as well be a "none" in a language that nobody listed. `goesOn`: it says in the same message
   * that it works on.
   */
  | { readonly kind: 'blocked'; readonly why: string; readonly isVague?: true; readonly goesOn?: true }
  | { readonly kind: 'question'; readonly what: string; readonly isVague?: true }
  /** For the hirer's eyes. */
  | { readonly kind: 'progress'; readonly what: string }
  /** Its runtime waits for a person's yes before it runs a command; any other message is taken as a no. The text is whole. */
  | { readonly kind: 'approval_question'; readonly text: string }
  /**
   * Its model failed; said as ordinary text, and no result. `isVague`: the words of a runtime are not known, so it may be the
   * worker's own sentence about an error.
   */
  | { readonly kind: 'error'; readonly what: string; readonly isVague?: true }
  /** Speaks of another task: no activity for this one. */
  | { readonly kind: 'other_task' }
  | { readonly kind: 'other' };

/** Stands where the worker writes its own words; a line that still has it is our instruction repeated. */
const SUMMARY_PLACEHOLDER = '<one-line summary>';
const DIGEST_PLACEHOLDER = '(sha256=<hex of result.md>)';
const REASON_PLACEHOLDER = '<what is missing>';
const QUESTION_PLACEHOLDER = '<your question>';
const PROGRESS_PLACEHOLDER = '<what is done so far>';

/** The exact line by which a worker says that it is done; what it is asked for is what is understood. */
export function completionLine({ ourUserId, taskId }: ReportedAttempt): string {
  return `${ourUserId} TASK_COMPLETED: ${taskId} - ${SUMMARY_PLACEHOLDER}`;
}

/** The same line with the SHA-256 of its `result.md` at the end, for a worker that can say it. */
export function completionLineWithDigest(attempt: ReportedAttempt): string {
  return `${completionLine(attempt)} ${DIGEST_PLACEHOLDER}`;
}

/** The exact line by which a worker says that it cannot go on. */
export function blockedLine({ ourUserId, taskId }: ReportedAttempt): string {
  return `${ourUserId} BLOCKED: ${taskId} - ${REASON_PLACEHOLDER}`;
}

/** The exact line by which a worker asks the client. */
export function questionLine({ ourUserId, taskId }: ReportedAttempt): string {
  return `${ourUserId} QUESTION: ${taskId} - ${QUESTION_PLACEHOLDER}`;
}

/** The exact line by which a worker tells the client how the work goes. */
export function progressLine({ ourUserId, taskId }: ReportedAttempt): string {
  return `${ourUserId} PROGRESS: ${taskId} - ${PROGRESS_PLACEHOLDER}`;
}

/** As much of a long message's end is read: what it says to us stands there. */
const MAX_MESSAGE_CHARACTERS = 262_144;
/** Task ids are looked for so far; a homeserver takes no longer event. */
const MAX_READ_CHARACTERS = 65_536;

/** Longest text that is kept of what a worker said. */
const MAX_CHARACTERS = 500;
/** The same of what is meant for the hirer, over all its lines. */
const MAX_TOLD_CHARACTERS = 20_000;

/** How the guards of CoPaw and of QwenPaw begin to ask: a heading, and never a sentence that goes on. */
const APPROVAL_QUESTIONS: readonly RegExp[] = [
  /^\s{0,10}(?:\p{Extended_Pictographic}\uFE0F? ?)?\*{0,2}Waiting for approval\*{0,2}\s{0,9}(?:$|[:：/\r\n])/u,
  /^\s{0,10}\u{1F6E1}\uFE0F? ?\*{0,2}Approval Required\*{0,2}\s{0,9}(?:$|[:：/\r\n])/u,
  /^\s{0,10}\u{26A0}\uFE0F? ?\*{0,2}Risk Detected\b(?=[^]{0,65536}\/approve)/u,
];

/** Whether a worker's guard asks in these words for a person's yes. */
export function asksForApproval(text: string): boolean {
  return APPROVAL_QUESTIONS.some((question) => question.test(text));
}

/**
 * How a runtime says that its model failed, as all that it says (HiClaw reference, 3.9): with the code, the status or the
 * class of an error, or in a few fixed words.
 */
const MODEL_ERRORS: readonly RegExp[] = [
  /^\s{0,10}Error:\s{1,9}(?:Error code: \d{3}|(?:HTTP )?[45]\d\d(?![\p{L}\p{N}])|\w{0,40}(?:Error|Exception|Timeout)(?::|\(|[.]?\s{0,99}$)|[^\n]{0,80}\b(?:status|code)(?: code)?:? [45]\d\d(?=[.:,;)({]|\s{0,99}$))/u,
  /^\s{0,10}Error:\s{1,9}(?:Connection error|Request timed out|(?:the )?(?:model|server|service|API|engine) (?:is|was) (?:currently |temporarily )?(?:overloaded|unavailable|at capacity|not available))(?:[.,!]|\s{0,99}$)/i,
  /^\s{0,10}(?:Internal (?:server )?error|处理异常)[.!。]{0,3}\s{0,99}$/i,
  /^\s{0,10}(?:\u26A0\uFE0F? ?)?(?:Agent failed before reply|LLM request (?:failed|rejected|timed out)|(?:API )?rate limit (?:reached|exceeded)|Context overflow)(?:[:.!]|\s{0,99}$)/i,
];
/** How sentences begin that a runtime may say of its model, and a worker of its work. */
const MAY_BE_MODEL_ERRORS: readonly RegExp[] = [
  /^\s{0,10}Error:\s{1,9}\S/,
  /^\s{0,10}(?:\u26A0\uFE0F? ?)?(?:Agent failed before reply\b|LLM request (?:failed|rejected|timed out)\b|(?:API )?rate limit (?:reached|exceeded)\b|Context overflow\b)/i,
];
/** An error that is reported as none, or as one that has gone; and a sentence about a limit. */
const NO_ERROR =
  /^\s{0,10}Error:\s{1,9}(?:(?:no|n\/?a|0)[.!]{0,3}\s{0,99}$|(?:none|nothing|fixed|resolved|solved|handling|was)\b)|^\s{0,10}(?:API )?rate limit (?:reached|exceeded) (?:is|was|are|has|will|errors?|messages?)\b/i;

function modelError(text: string): Extract<WorkerStatement, { kind: 'error' }> | undefined {
  if (NO_ERROR.test(text)) return undefined;
  if (MODEL_ERRORS.some((error) => error.test(text))) return { kind: 'error', what: clip(text) };
  const mayBe = MAY_BE_MODEL_ERRORS.some((error) => error.test(text));
  return mayBe ? { kind: 'error', what: clip(text), isVague: true } : undefined;
}

/**
 * Reads one message of a worker. A marker counts in the form of the lines that a worker is asked for (`findMarker`), and
 * only in capitals. When a text holds several, the most final one counts. A message that is nothing but such a line with our
 * Matrix id and the task id counts however it is dressed.
 */
export function readWorkerMessage(message: string, attempt: ReportedAttempt): WorkerStatement {
  if (asksForApproval(message)) return { kind: 'approval_question', text: message };
  const text = message.slice(-MAX_MESSAGE_CHARACTERS);
  // Splitting a long text takes milliseconds, and a worker may write hundreds that say nothing to us.
  const sole = soleStatement(text, attempt);
  const lines = sole ?? (MARKERS.some((word) => text.includes(word)) ? spokenLines(text) : []);
  const completed = findMarker(lines, 'TASK_COMPLETED', attempt);
  const report = (line: MarkerLine) => {
    const at = lines[line.index]?.at ?? 0;
    return withDigest(
      line,
      reportedDigest(sole === undefined ? linesOf(text) : sole.map((one) => one.text), at),
    );
  };
  if (completed?.isVague === false) return { kind: 'completed', ...report(completed) };
  const blocked = findMarker(lines, 'BLOCKED', attempt);
  const question = findMarker(lines, 'QUESTION', attempt);
  const progress = findMarker(lines, 'PROGRESS', attempt);
  // Who asks is not given up, whatever it is blocked by meanwhile.
  if (question?.isVague === false) return { kind: 'question', what: whole(question, lines, [blocked]) };
  if (blocked?.isVague === false) {
    const why = clip(blocked.words);
    return goesOn(whole(blocked, lines, []))
      ? { kind: 'blocked', why, goesOn: true }
      : { kind: 'blocked', why };
  }
  if (completed !== undefined) return { kind: 'completed_in_doubt', ...report(completed) };
  // A form that was filled in: what may be a "none" says nothing beside a report.
  if (progress?.isVague === false)
    return { kind: 'progress', what: whole(progress, lines, [question, blocked]) };
  if (question !== undefined)
    return { kind: 'question', what: whole(question, lines, [blocked]), isVague: true };
  if (blocked !== undefined) return { kind: 'blocked', why: clip(blocked.words), isVague: true };
  const error = modelError(text);
  if (error !== undefined) return error;
  return namedTask(text.slice(0, MAX_READ_CHARACTERS), attempt.taskId) === 'another'
    ? { kind: 'other_task' }
    : { kind: 'other' };
}

/** Behind our Matrix id, where the line is all of the message: the marker in letters of any case. */
const ANY_CASE =
  /^([^\p{L}\p{N}]{0,16})(TASK[_ ]COMPLETED|(?:TASK[_ ])?BLOCKED|QUESTION|PROGRESS)(?=[^\p{L}\p{N}_])/iu;

const NAMES_IT: ReadonlySet<NamedTask> = new Set(['ours', 'misspelt']);

/** The line of a message that is nothing but a line to us about the task. */
function soleStatement(
  text: string,
  { ourUserId, taskId }: ReportedAttempt,
): readonly SpokenLine[] | undefined {
  if (!text.includes(ourUserId)) return undefined;
  const line = soleLine(text);
  const at = line?.indexOf(ourUserId) ?? -1;
  if (line === undefined || at === -1 || !NAMES_IT.has(namedTask(line, taskId))) return undefined;
  const end = at + ourUserId.length;
  const rest = line.slice(end).replace(ANY_CASE, (_all, before: string, word: string) => {
    return before + word.toUpperCase().replace(' ', '_');
  });
  return [{ text: line.slice(0, end) + rest, above: undefined, at: 0 }];
}

/** The words of the line and of all below it, but for the lines of other markers. */
function whole(
  { said, index }: MarkerLine,
  lines: readonly SpokenLine[],
  others: readonly (MarkerLine | undefined)[],
): string {
  const below = lines
    .filter((_, at) => at > index && !others.some((other) => other?.index === at))
    .map(({ text }) => text);
  return clip([said, ...below].join('\n'), MAX_TOLD_CHARACTERS);
}

/** A SHA-256 that is called one, and what it is called: no part of the words. */
const DIGEST =
  /[[({]?\*{0,2}sha-?256\*{0,2}(?:\s?\([^()]{1,100}\))?\s{0,3}[=:]\s{0,3}["'`*]{0,3}(?:sha-?256[:=-])?(?:[0-9a-f]{64}(?![0-9a-f])|[0-9a-z+/_-]{43}=)["'`*]{0,3}[\])}]?/i;

/** The report without the SHA-256 that it names, and that. */
function withDigest(line: MarkerLine, digest: ReportedDigest): { summary: string; digest?: ReportedDigest } {
  const summary = clip(line.words).replace(DIGEST, '').replace(DIGEST_PLACEHOLDER, '').trim();
  return digest.sha256s.length === 0 && digest.unread === undefined ? { summary } : { summary, digest };
}

function clip(text: string, maxCharacters = MAX_CHARACTERS): string {
  const trimmed = text.trim();
  return trimmed.length <= maxCharacters ? trimmed : `${trimmed.slice(0, maxCharacters - 1).trimEnd()}…`;
}
