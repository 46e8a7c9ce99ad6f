/** What a worker says of its work, in its own words for it (HiClaw reference, 2.2). */
export type ResultStatus = 'done' | 'failed' | 'partial' | 'revision' | 'question' | 'unknown';

const STATUSES: Readonly<Record<string, ResultStatus>> = {
  SUCCESS: 'done',
  SUCCESSFUL: 'done',
  SUCCESS_WITH_NOTES: 'done',
  SUCCEEDED: 'done',
  COMPLETED: 'done',
  COMPLETE: 'done',
  DONE: 'done',
  FINISHED: 'done',
  OK: 'done',
  成功: 'done',
  完成: 'done',
  已完成: 'done',
  BLOCKED: 'failed',
  FAILED: 'failed',
  FAILURE: 'failed',
  FAIL: 'failed',
  INTERRUPTED: 'failed',
  ABORTED: 'failed',
  CANCELLED: 'failed',
  REFUSED: 'failed',
  REJECTED: 'failed',
  ERROR: 'failed',
  UNABLE_TO_COMPLETE: 'failed',
  NOT_DONE: 'failed',
  NOT_COMPLETED: 'failed',
  失败: 'failed',
  阻塞: 'failed',
  受阻: 'failed',
  REVISION_NEEDED: 'revision',
  PARTIAL: 'partial',
  PARTIALLY_COMPLETED: 'partial',
  PARTIAL_SUCCESS: 'partial',
  INCOMPLETE: 'partial',
  部分完成: 'partial',
  QUESTION: 'question',
};

/** A status as it was written. */
export interface ReadStatus {
  readonly status: ResultStatus;
  /** What was said behind the word in the same place; empty when nothing was. */
  readonly said: string;
}

const MAX_STATUS_CHARACTERS = 1_000;
/** Around the word: emphasis, quotes, brackets, emoji, and what ends a sentence or a comment. */
const BEFORE = /^(?:[\s*_`"'“”«»([{]|<!--|\p{Extended_Pictographic}|\uFE0F|\u200D){1,20}/u;
const BEHIND = /(?:[\s*_`"'“”«»)\]}.!。|]|-->|\p{Extended_Pictographic}|\uFE0F|\u200D){1,20}$/u;
/** A word, and behind it a reason. */
const WITH_REASON = /^([\p{L}_][\p{L}_ ]{0,40}?)[*_`]{0,4}\s{0,4}(?:[:：(;,.]|[–—]| - )\s{0,9}(.{0,900})$/su;
/** What makes of a word its opposite. */
const NONE = /^(?:none|no|nothing|n\/?a|not\b.{0,80})[.!)]{0,3}$/i;

/**
 * Reads what stands for a status, dressed up or not. That something went wrong counts with a reason behind it, too; that all went
 * well does only alone, since what follows may take it back.
 */
export function readStatus(text: string): ReadStatus {
  const bare = text.slice(0, MAX_STATUS_CHARACTERS).replace(BEFORE, '').replace(BEHIND, '');
  const whole = statusWord(bare);
  if (whole !== undefined) return { status: whole, said: '' };
  const [, word = '', reason = ''] = WITH_REASON.exec(bare) ?? [];
  const status = statusWord(word);
  if (status === undefined || status === 'done' || NONE.test(reason.trim())) {
    return { status: 'unknown', said: '' };
  }
  return { status, said: reason.trim() };
}

/** What a status word means. */
export function statusOf(word: string): ResultStatus {
  return readStatus(word).status;
}

function statusWord(word: string): ResultStatus | undefined {
  const plain = word
    .trim()
    .toUpperCase()
    .replace(/[\s-]{1,9}/g, '_');
  return Object.hasOwn(STATUSES, plain) ? STATUSES[plain] : undefined;
}

/** Whether it is known to say that the work is not done. */
export function isBad(status: ResultStatus): boolean {
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
