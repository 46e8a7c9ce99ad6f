import type { HoldReason } from '../attention/attention-reason.ts';
import { NO_SECRETS, type KnownSecrets } from '../credentials/known-secrets.ts';
import { scanInPieces } from '../credentials/scan.ts';
import { withoutFiller } from './filler.ts';
import type { Hiring } from '../hiring/hiring.ts';
import { atOnce, inTurns, type Pieces } from '../text/in-turns.ts';
import { LIMITS } from '../limits.ts';
import type { WorkerResult } from './result.ts';

/** `pass`, or why the result must not be paid for. */
export type GateOutcome = { readonly kind: 'pass' } | { readonly kind: 'held'; readonly reason: HoldReason };

/** Below this many letters and digits there is nothing that anybody would pay for. */
const MIN_SUBSTANCE = 3;
/** What may stand around a repeated task, as letters and digits only. */
const ECHO_LABEL =
  /^(the|your|my|this)?(clients?)?(task|request|question|assignment|prompt|description|instructions?)?(you|client)?(asked|wrote|said|wanted|requested)?(is|was|for|me|to|that|here){0,8}$/;

/**
 * Submission is payment (Agrenting API reference, 5.4), so nothing empty, placeholder or echoed
 * passes, and nothing that looks like a credential or is a known one, in its text or in a file's name. Files that are
 * delivered with it are an answer, too, where `hasWorkInFiles`; without that, each that is not empty is taken for one. It errs towards holding: a held result waits for its owner, a paid one cannot be
 * taken back. A long text does not hold the event loop.
 */
export async function assessResult(
  result: WorkerResult,
  hiring: Pick<Hiring, 'description' | 'repoToken'>,
  known: KnownSecrets = NO_SECRETS,
  hasWorkInFiles = hasFilledFiles(result),
): Promise<GateOutcome> {
  return await inTurns(judge(result, hiring, known, hasWorkInFiles));
}

function hasFilledFiles({ files }: WorkerResult): boolean {
  return files.some(({ sizeBytes }) => sizeBytes > 0);
}

/** So much of a file's beginning is read to tell whether it is work. */
const MAX_FILE_READ_BYTES = 4_194_304;

/** Whether there is more in a file than in a result that would be held: it is not blank, a placeholder, a promise, a pointer or the task. */
export async function isWorkInFile(
  bytes: Buffer,
  { description }: Pick<Hiring, 'description'>,
): Promise<boolean> {
  // Letters of text that is written in two bytes each have a NUL between them.
  const text = bytes.toString('utf8', 0, MAX_FILE_READ_BYTES).replaceAll('\0', '').trim();
  if (!hasSubstance(text) || isFiller(text, false)) return false;
  return !(await inTurns(echoes(text, description)));
}

/** The same at once, for a text that is no longer than an operator's: a longer one is held. */
export function assessShortResult(
  result: WorkerResult,
  hiring: Pick<Hiring, 'description' | 'repoToken'>,
  known: KnownSecrets = NO_SECRETS,
): GateOutcome {
  if (result.text.length > LIMITS.resultCharacters) {
    return heldFor({ code: 'result_too_long', maxCharacters: LIMITS.resultCharacters });
  }
  return atOnce(judge(result, hiring, known, hasFilledFiles(result)));
}

/** The known secrets, and the repository token of a hiring among them. */
export function secretsOf(
  { repoToken }: Pick<Hiring, 'repoToken'>,
  known: KnownSecrets = NO_SECRETS,
): KnownSecrets {
  return repoToken === undefined ? known : known.with([{ code: 'repository_token', secret: repoToken }]);
}

/** Everything that a result says to its hirer, the names of its files among it. */
export function saidBy({ text, summary, notes, files }: WorkerResult): string {
  return [text, summary, ...notes, ...files.map(({ name }) => name)].join('\n');
}

function* judge(
  result: WorkerResult,
  hiring: Pick<Hiring, 'description' | 'repoToken'>,
  known: KnownSecrets,
  hasFiles: boolean,
): Pieces<GateOutcome> {
  const text = result.text.trim();
  const least = leastSubstance(result);
  if (!hasFiles && !hasSubstance(text, least)) return heldFor({ code: 'result_empty' });
  const credential = yield* scanInPieces(saidBy(result), secretsOf(hiring, known));
  if (credential !== undefined) {
    return heldFor({ code: 'result_credential', found: credential.code });
  }
  if (isFiller(text, hasFiles, least)) {
    return heldFor({ code: 'result_placeholder' });
  }
  if (yield* echoes(text, hiring.description)) {
    return heldFor({ code: 'result_echo' });
  }
  return { kind: 'pass' };
}

function heldFor(reason: HoldReason): GateOutcome {
  return { kind: 'held', reason };
}

/** True when nothing is left once every sentence that replaces work is taken out. */
function isFiller(text: string, hasFiles: boolean, least = MIN_SUBSTANCE): boolean {
  if (text === '') return false;
  const left = withoutFiller(text, hasFiles);
  return left !== undefined && !hasSubstance(left, least);
}

/** Below this a text needs a summary that says what it is the answer to: a number, a yes or no, a name in Chinese. */
function leastSubstance({ text, summary }: WorkerResult): number {
  const isExplained = summary.trim() !== text.trim() && !isFiller(summary, false) && hasSubstance(summary);
  return isExplained && summary.trim() !== '' ? 1 : MIN_SUBSTANCE;
}

/** What stands around a repeated task is no longer. */
const MAX_LABEL_CHARACTERS = 200;

function* echoes(text: string, description: string): Pieces<boolean> {
  const asked = yield* substance(description);
  if (asked === '') return false;
  const said = yield* substance(text);
  if (said === asked) return true;
  // A short task may well stand inside of a good answer.
  if (asked.length < 20) return false;
  const rest = stepMiddleware(said, asked);
  return rest !== undefined && rest !== said && (rest.length < MIN_SUBSTANCE || ECHO_LABEL.test(rest));
}

/**
 * What is left of a text without all copies of another; undefined when that is more than a label. Each character outside
 * of them is looked at from once, so that no text, however regular, takes longer than its length.
 */
function stepMiddleware(said: string, asked: string): string | undefined {
  let rest = '';
  for (let at = 0; at < said.length;) {
    if (said.startsWith(asked, at)) {
      at += asked.length;
    } else {
      rest += said.charAt(at);
      if (rest.length > MAX_LABEL_CHARACTERS) return undefined;
      at += 1;
    }
  }
  return rest;
}

/** Whether there are letters and digits enough for an answer. */
function hasSubstance(text: string, least = MIN_SUBSTANCE): boolean {
  let found = 0;
  for (const _ of text.matchAll(/[\p{L}\p{N}]/gu)) {
    found += 1;
    if (found === least) return true;
  }
  return false;
}

/** Characters that are read as one piece. */
const PIECE = 4_096;
/** As many letters are compared: a task that is repeated so far is repeated. */
const MAX_COMPARED = 400_000;

/** Letters and digits only, without the marks on them, so that layout and punctuation do not hide an echo. */
function* substance(text: string): Pieces<string> {
  let whole = '';
  for (let start = 0; start < text.length && whole.length < MAX_COMPARED; start += PIECE) {
    whole += text
      .slice(start, start + PIECE)
      // Marks in a long row would take a normalisation forever.
      .replace(/\p{M}/gu, '')
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '');
    yield;
  }
  return whole;
}
