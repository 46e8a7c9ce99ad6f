import {
  isShownWhole,
  type AnswerRefusal,
  type CommandAnswer,
  type CommandQuestion,
} from './command-approval.ts';
import type { HiringRecord } from '../hiring/hiring-record.ts';

/** The question that the worker of a hiring waits with; at no other time may a yes or no be said to it. */
export function openQuestion({ state, attempt }: HiringRecord): CommandQuestion | undefined {
  const { guard, attention } = attempt?.progress ?? {};
  return state === 'attention' && attention?.reason.code === 'guard_question' ? guard : undefined;
}

/**
 * What prevents an answer to the question that an operator names, as far as the store knows; `already` where
 * the very same answer was given before.
 */
export function whyUnanswerable(
  record: HiringRecord,
  { question, answer }: Pick<CommandAnswer, 'question' | 'answer'>,
): AnswerRefusal | 'already' | undefined {
  const given = record.attempt?.progress.answered;
  if (given?.question === question) return given.answer === answer ? 'already' : 'answered';
  const open = openQuestion(record);
  if (open === undefined) return 'no_question';
  if (open.eventId !== question) return 'newer_question';
  return answer === 'yes' && !isShownWhole(open) ? 'too_long' : undefined;
}
