import { TASK_ID_SOURCE, type TaskId } from './ids.ts';

/** What a worker's line of chat means to one attempt (HiClaw reference, 2.4 and 3.9). Texts are data from outside. */
export type WorkerStatement =
  /** `sha256` is that of its `result.md`, where it names one. */
  | { readonly kind: 'completed'; readonly summary: string; readonly sha256?: string | undefined }
  | { readonly kind: 'blocked'; readonly why: string }
  | { readonly kind: 'question'; readonly what: string }
  /** For the hirer's eyes. */
  | { readonly kind: 'progress'; readonly what: string }
  /** Its runtime waits for a person's yes before it runs a command; any other message is taken as a no. The text is whole. */
  | { readonly kind: 'approval_question'; readonly text: string }
  /** Its model failed; said as ordinary text, and no result. */
  | { readonly kind: 'error'; readonly what: string }
  /** Speaks of another task: no sign of anything about this one. */
  | { readonly kind: 'other_task' }
  | { readonly kind: 'other' };

/** Who the worker reports to, and about which attempt. */
export interface ReportedAttempt {
  readonly ourUserId: string;
  readonly taskId: TaskId;
}

/** Stands where the worker writes its own words; a line that still has it is our instruction repeated. */
const SUMMARY_PLACEHOLDER = '<one-line summary>';
const DIGEST_PLACEHOLDER = '(sha256=<hex of result.md>)';
const REASON_PLACEHOLDER = '<what is missing>';
const QUESTION_PLACEHOLDER = '<your question>';
const PROGRESS_PLACEHOLDER = '<what is done so far>';
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  SUMMARY_PLACEHOLDER,
  `${SUMMARY_PLACEHOLDER} ${DIGEST_PLACEHOLDER}`,
  REASON_PLACEHOLDER,
  QUESTION_PLACEHOLDER,
  PROGRESS_PLACEHOLDER,
]);

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

/** How the guards of CoPaw and of QwenPaw ask. */
const APPROVAL_QUESTION = /Waiting for approval|^\s{0,10}\u{1F6E1}\uFE0F? ?\*{0,2}Approval Required/u;

/** Whether a worker's guard asks in these words for a person's yes. */
export function asksForApproval(text: string): boolean {
  return APPROVAL_QUESTION.test(text);
}

/**
 * Reads one message of a worker. Markers count anywhere outside code blocks and quotations, and only
 * in capitals; one that names another task is not ours, one that names none is. When a text holds
 * several, the most final one counts.
 */
export function readWorkerMessage(message: string, attempt: ReportedAttempt): WorkerStatement {
  if (asksForApproval(message)) return { kind: 'approval_question', text: message };
  const text = message.slice(-MAX_MESSAGE_CHARACTERS);
  // Splitting a long text takes milliseconds, and a worker may write hundreds that say nothing to us.
  const lines = MARKER_WORDS.some((word) => text.includes(word)) ? spokenLines(text) : [];
  const completed = findMarker(lines, 'TASK_COMPLETED', attempt);
  if (completed !== undefined) return { kind: 'completed', ...withDigest(completed, lines) };
  const blocked = findMarker(lines, 'BLOCKED', attempt);
  if (blocked !== undefined) return { kind: 'blocked', why: blocked };
  const question = findMarker(lines, 'QUESTION', attempt, MAX_TOLD_CHARACTERS);
  if (question !== undefined) return { kind: 'question', what: question };
  const progress = findMarker(lines, 'PROGRESS', attempt, MAX_TOLD_CHARACTERS);
  if (progress !== undefined) return { kind: 'progress', what: progress };
  if (/^\s*Error:/.test(text)) return { kind: 'error', what: clip(text) };
  const named = text.slice(0, MAX_READ_CHARACTERS).toLowerCase().match(TASK_ID);
  if (named !== null && !named.includes(attempt.taskId)) return { kind: 'other_task' };
  return { kind: 'other' };
}

/** The lines that are the worker's own words: neither in a code block nor quoted from somebody. */
function spokenLines(text: string): readonly string[] {
  const spoken: string[] = [];
  let fence: string | undefined;
  for (const line of text.split(/\r\n|[\r\n\u0085\u2028\u2029]/)) {
    const run = /^\s{0,3}(`{3,100}|~{3,100})/.exec(line)?.[1];
    if (fence === undefined) {
      if (run !== undefined) fence = run;
      else if (!/^\s{0,3}>/.test(line)) spoken.push(line);
    } else if (run !== undefined && run.startsWith(fence)) {
      fence = undefined;
    }
  }
  return spoken;
}

/** In lower case or not, bare or in quotes and brackets; anything else in its place is left as it is. */
const DIGEST = /[[({]?sha-?256\s{0,3}[=:]\s{0,3}["'`]?([0-9a-f]{64})(?![0-9a-f])["'`]?[\])}]?/i;
/** A report of several lines is looked through so far. */
const MAX_REPORT_CHARACTERS = 4_000;
const MAX_REPORT_LINES = 3;

/** The report without the SHA-256 that it names, and that. It stands in the line or just below it. */
function withDigest(summary: string, lines: readonly string[]): { summary: string; sha256?: string } {
  const at = lines.findIndex((line) => line.includes('TASK_COMPLETED'));
  const report = lines
    .slice(at, at + MAX_REPORT_LINES)
    .join('\n')
    .slice(0, MAX_REPORT_CHARACTERS);
  const sha256 = DIGEST.exec(report)?.[1]?.toLowerCase();
  const words = summary.replace(DIGEST, '').replace(DIGEST_PLACEHOLDER, '').trim();
  return sha256 === undefined ? { summary: words } : { summary: words, sha256 };
}

const MARKER_WORDS = ['TASK_COMPLETED', 'BLOCKED', 'QUESTION', 'PROGRESS'] as const;
type Marker = (typeof MARKER_WORDS)[number];

const MARKERS: Readonly<Record<Marker, RegExp>> = {
  // Without a colon it counts at the end of a line or before a task id; "once TASK_COMPLETED is said" is no report.
  TASK_COMPLETED:
    /(?<!\w)TASK_COMPLETED(?!\w)[*_`]{0,9}(?:\s{0,9}[:：]|\s{0,99}$|\s{1,9}(?=\S{0,99}agrenting-))/,
  BLOCKED: /(?<!\w)BLOCKED(?!\w)[*_`]{0,9}\s{0,9}[:：]/,
  QUESTION: /(?<!\w)QUESTION(?!\w)[*_`]{0,9}\s{0,9}[:：]/,
  PROGRESS: /(?<!\w)PROGRESS(?!\w)[*_`]{0,9}\s{0,9}[:：]/,
};

/**
 * What stands behind the first marker that is ours; undefined when there is none. With more than a line's worth
 * allowed, the lines behind it belong to it.
 */
function findMarker(
  lines: readonly string[],
  marker: Marker,
  attempt: ReportedAttempt,
  maxCharacters = MAX_CHARACTERS,
): string | undefined {
  for (const [index, line] of lines.entries()) {
    const match = line.includes(marker) ? MARKERS[marker].exec(line) : null;
    if (match === null) continue;
    const behind = line
      .slice(match.index + match[0].length)
      .trim()
      .slice(0, 2 * maxCharacters);
    if (!isOurs(behind, attempt.taskId)) continue;
    const said = withoutTaskId(behind, attempt.taskId);
    if (PLACEHOLDERS.has(said)) continue;
    const rest = lines.slice(index + 1);
    if (maxCharacters > MAX_CHARACTERS) return clip([said, ...rest].join('\n'), maxCharacters);
    return clip(said !== '' ? said : (rest.find((next) => next.trim() !== '') ?? ''));
  }
  return undefined;
}

// bounded: by TASK_ID_SOURCE
const TASK_ID = new RegExp(`(?<![\\w-])(?:${TASK_ID_SOURCE}|task-\\d{8}-\\d{6})(?![\\w-])`, 'gi');
const HIRING_ID = /(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\w-])/gi;

function isOurs(said: string, taskId: TaskId): boolean {
  const lower = said.toLowerCase();
  const named = lower.match(TASK_ID);
  if (named !== null) return named.includes(taskId);
  // Some name the hiring where the task was asked for. An id elsewhere in the words may be anything.
  const first = lower.match(HIRING_ID)?.[0];
  return first === undefined || taskId.includes(first) || !lower.trim().startsWith(first);
}

function withoutTaskId(said: string, taskId: TaskId): string {
  const bare = said.replace(/^[\s*_`]+/, '').replace(/(?<![\s*_`])[\s*_`]+$/, ''); // bounded: each run once, by what is before it
  if (!bare.toLowerCase().startsWith(taskId)) return bare;
  return bare.slice(taskId.length).replace(/^[\s*_`:.,–—-]+/, '');
}

function clip(text: string, maxCharacters = MAX_CHARACTERS): string {
  const trimmed = text.trim();
  return trimmed.length <= maxCharacters ? trimmed : `${trimmed.slice(0, maxCharacters - 1).trimEnd()}…`;
}
