import type { Hiring } from './hiring.ts';
import type { WorkerResult } from './result.ts';

/** `pass`, or why the result must not be paid for. */
export type GateOutcome = { readonly kind: 'pass' } | { readonly kind: 'held'; readonly why: string };

/** Phrases that promise work or stand in its place; a result that is hardly more than one is none. */
const PLACEHOLDERS: readonly RegExp[] = [
  /^(todo|tbd|n\/a|none|null|undefined|placeholder|lorem ipsum\b.*|\.{2,}|-+)\.?$/i,
  /^(done|ok(ay)?|finished|completed?|success(ful)?|task (is )?(done|completed?)|all done|ready)[.!]*$/i,
  /^(got it|received|working on it|in progress|will do|on it)[.!]*$/i,
  /^(sure[,.!]? |ok(ay)?[,.!]? )?i('| wi)ll (now |then )?\w+[^.!?\n]{0,200}[.!]?$/i,
  /^\[?(insert|your|add|put) [^\n]{0,80}(here|goes here)\]?\.?$/i,
];

/** Below this many letters and digits there is nothing that anybody would pay for. */
const MIN_SUBSTANCE = 3;

/**
 * Submission is payment (Agrenting API reference, 5.4), so nothing empty, placeholder or echoed
 * passes. It errs towards holding: a held result waits for its owner, a paid one cannot be taken back.
 */
export function judgeResult(result: WorkerResult, hiring: Pick<Hiring, 'description'>): GateOutcome {
  const text = result.text.trim();
  if (substance(text).length < MIN_SUBSTANCE) return { kind: 'held', why: 'the result is empty' };
  const bare = text.replace(/^[#>*_`\s]+|[*_`\s]+$/g, '');
  if (PLACEHOLDERS.some((placeholder) => placeholder.test(bare))) {
    return { kind: 'held', why: 'the result is a placeholder or a promise, not work' };
  }
  if (echoes(text, hiring.description)) {
    return { kind: 'held', why: 'the result only repeats the task' };
  }
  return { kind: 'pass' };
}

function echoes(text: string, description: string): boolean {
  const said = substance(text);
  const asked = substance(description);
  if (asked === '') return false;
  return said === asked || (asked.length >= 20 && said.replaceAll(asked, '').length < MIN_SUBSTANCE);
}

/** Letters and digits only, so that layout and punctuation do not hide an echo. */
function substance(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
