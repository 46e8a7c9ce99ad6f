/** A worker's guard waits for a person's yes before the worker runs a command (HiClaw reference, 2.4). */
export interface CommandQuestion {
  /** The Matrix event that holds the text: of an edited question its newest edit. An answer names this one. */
  readonly eventId: string;
  /** The event by which it was first asked. */
  readonly firstEventId: string;
  /** Whole, unless it is longer than `MAX_KEPT_QUESTION_CHARACTERS`: then its beginning. */
  readonly text: string;
  /** The length of the whole text. */
  readonly characters: number;
  readonly atMs: number;
}

/** What an operator answered. */
export interface CommandAnswer {
  /** The event of the question. */
  readonly question: string;
  readonly answer: 'yes' | 'no';
  /** The event of the answer. */
  readonly eventId: string;
  readonly atMs: number;
}

/** A Matrix event holds no longer text. */
export const MAX_KEPT_QUESTION_CHARACTERS = 65_536;

/** What is longer is not shown whole, in no dialog and at no prompt, so nobody can say yes to it. */
export const MAX_APPROVABLE_QUESTION_CHARACTERS = 5_000;

/** Why an answer to a guard's question is not given. */
export const ANSWER_REFUSALS = [
  /** The worker waits for no answer. */
  'no_question',
  /** The worker asked again, or edited the question. */
  'newer_question',
  /** The question was answered otherwise, or by somebody else. */
  'answered',
  /** The question was deleted, or can no longer be found. */
  'retracted',
  /** The worker went on without an answer. */
  'went_on',
  /** It is too long to be shown whole, so that nobody can say yes to it. */
  'too_long',
] as const;
export type AnswerRefusal = (typeof ANSWER_REFUSALS)[number];

/** Whether the question is shown whole, so that somebody can say yes to it. */
export function isShownWhole({ characters }: Pick<CommandQuestion, 'characters'>): boolean {
  return characters <= MAX_APPROVABLE_QUESTION_CHARACTERS;
}
