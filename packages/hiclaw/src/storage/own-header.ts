import type { ResultDoubt } from '@agrenting-hiclaw/core/domain';
import type { FoundHeader } from './result-header.ts';
import { isBad, type ResultStatus } from './result-status.ts';

/** What a header says of itself, as far as it is needed to tell whose it is. */
export interface HeaderWords {
  readonly status: ResultStatus;
  /** The status as it was written. */
  readonly statusText: string;
}

/** Whose a header is: the worker's, that of something in the answer, or nobody can tell. */
export type HeaderOwner = 'worker' | 'answer' | ResultDoubt;

/** The words that `spec.md` asks for, and those of the runtimes themselves. */
const WORD =
  'SUCCESS|SUCCESS_WITH_NOTES|PARTIAL|BLOCKED|FAILED|INTERRUPTED|QUESTION|REVISION_NEEDED|失败|阻塞|受阻|部分完成';
// bounded: WORD has bounds
const OWN_WORD = new RegExp(`^[^\\p{L}]{0,20}(?:${WORD})(?![\\p{L}\\p{N}_])`, 'iu');
// bounded: the same
const CAPITAL_WORD = new RegExp(`^[^\\p{L}]{0,20}(?:${WORD})(?![\\p{L}\\p{N}_])`, 'u');
const BAD_WORDS =
  /\b(?:blocked|failed|failure|unable|aborted|interrupted|cannot|(?:could|can|did|do|was) not|not (?:done|completed?|finished|possible)|no access)\b/i;

/**
 * Decision records, posts, reports, mails and samples have a status of their own. A header is the worker's if it is the one that
 * was asked for, or has two of its fields and nothing else; where any other says that something failed, it may be either. So may
 * one in a form that samples have, which may well be what was ordered.
 */
export function ownerOf(header: FoundHeader, { status, statusText }: HeaderWords): HeaderOwner {
  const { hasForeign, isCapital, isSample, fieldCount } = header;
  // Lines of something else below plain lines are not lost; those of a block would be.
  const isMixed = hasForeign && (header.isBlock || isBad(status));
  const isAsked = isCapital && !(hasForeign && header.isBlock);
  const isPair = fieldCount > 1 && !isMixed;
  if (status === 'unknown' || status === 'done') {
    if (isAsked || isPair) return 'worker';
    return status === 'unknown' && BAD_WORDS.test(statusText.slice(0, 1_000)) ? 'other_status' : 'answer';
  }
  if (isSample) return 'other_status';
  if (CAPITAL_WORD.test(statusText) && (isAsked || isPair)) return 'worker';
  return OWN_WORD.test(statusText) && isPair ? 'worker' : 'other_status';
}
