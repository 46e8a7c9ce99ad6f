import { TASK_ID_SOURCE, type TaskId } from '../hiring/ids.ts';

/**
 * Whose task the ids in some words name. `misspelt`: an id that can only have been copied from the attempt's own, with a
 * slip, or with its end left out.
 */
export type NamedTask = 'ours' | 'misspelt' | 'another' | 'none';

// bounded: by TASK_ID_SOURCE
const WHOLE = new RegExp(`^${TASK_ID_SOURCE}$`);
/** What a task id begins with, ours or the Manager's, and all that may belong to it. */
const CANDIDATE = /(?<![\w-])(?:agrenting[-_][\w-]{8,120}|task-\d{8}-\d{6})(?![\w-])/gi;
/** What is left of an id that was cut off names a hiring at least by its first digits. */
const CUT_OFF = /^agrenting-[0-9a-f]{8}(?:-|$)/;

/** Slips in a whole id: far fewer than the digits that any other task's differs in. */
const MAX_SLIPS = 3;
/** The same in one that was cut off. */
const MAX_SLIPS_IN_PART = 1;
/** So many digits at the end of a task id belong to no other. */
const DISTINCTIVE_END = 16;
/** More ids than these are named by no report. */
const MAX_CANDIDATES = 2_000;

/** Reads which task is named in words; the attempt's own comes before all others. */
export function namedTask(text: string, taskId: TaskId): NamedTask {
  let found: NamedTask = 'none';
  let looked = 0;
  for (const [written] of text.matchAll(CANDIDATE)) {
    const named = readId(written, taskId);
    if (named === 'ours') return named;
    if (named !== 'none' && found !== 'misspelt') found = named;
    looked += 1;
    if (looked === MAX_CANDIDATES) break;
  }
  return found;
}

/** An id of the attempt that stands at the beginning of words, however it is spelt. */
export function leadingId(words: string, taskId: TaskId): string | undefined {
  const [written] = /^(?:agrenting[-_][\w-]{8,120})(?![\w-])/i.exec(words) ?? [];
  if (written === undefined) return undefined;
  const named = readId(written, taskId);
  return named === 'ours' || named === 'misspelt' ? written : undefined;
}

function readId(written: string, taskId: TaskId): NamedTask {
  if (/^task-/i.test(written)) return 'another';
  const id = written.toLowerCase().replaceAll('_', '-').replace(/-$/, '');
  if (id === taskId) return 'ours';
  const named = readWithoutNonce(id, taskId);
  if (named !== undefined) return named;
  if (isMisspelt(id, taskId)) return 'misspelt';
  return WHOLE.test(id) || CUT_OFF.test(id) ? 'another' : 'none';
}

/** The hiring with or without the number of an attempt: some name the hiring instead of the task. */
function readWithoutNonce(id: string, taskId: TaskId): NamedTask | undefined {
  const [, hiring = '', attempt = ''] = /^(agrenting-[0-9a-f-]{36})(-a\d{1,9})/.exec(taskId) ?? [];
  if (id === hiring || id === `${hiring}${attempt}`) return 'ours';
  return id.startsWith(hiring) && /^-a\d{1,9}$/.test(id.slice(hiring.length)) ? 'another' : undefined;
}

/** The nonce at its end keeps any two task ids further apart than slips do. */
function isMisspelt(id: string, taskId: TaskId): boolean {
  if (isWithin(id, taskId, MAX_SLIPS)) return true;
  if (id.length > taskId.length / 2 && id.endsWith(taskId.slice(-DISTINCTIVE_END))) return true;
  return id.length < taskId.length && isWithin(id, taskId.slice(0, id.length), MAX_SLIPS_IN_PART);
}

/** Whether at most so many characters have to be changed, left out or put in to make one text of the other. */
function isWithin(one: string, other: string, max: number, at = 0, to = 0): boolean {
  if (Math.abs(one.length - at - (other.length - to)) > max) return false;
  let same = 0;
  while (at + same < one.length && one[at + same] === other[to + same]) same += 1;
  const [from, into] = [at + same, to + same];
  if (from === one.length || into === other.length) return true;
  if (max === 0) return false;
  return (
    isWithin(one, other, max - 1, from + 1, into + 1) ||
    isWithin(one, other, max - 1, from + 1, into) ||
    isWithin(one, other, max - 1, from, into + 1)
  );
}
