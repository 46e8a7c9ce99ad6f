import { MAX_APPROVABLE_QUESTION_CHARACTERS, type AnswerRefusal } from '@agrenting-hiclaw/core/domain';

/** Why an answer to a worker's guard was refused, and what to do, for the caller. Nothing was sent. */
export const ANSWER_REFUSED: Readonly<
  Record<AnswerRefusal, { readonly detail: string; readonly todo: string }>
> = {
  no_question: {
    detail: 'The worker of this hiring is not waiting for an answer.',
    todo: 'Check what the hiring is waiting for. Use `approve` for work and results.',
  },
  newer_question: {
    detail: 'The worker has asked another question since. Nothing was sent.',
    todo: 'Read the current question, and answer that one.',
  },
  answered: {
    detail: 'The question was already answered. Nothing was sent.',
    todo: 'Watch the worker. If it asks again, answer that question.',
  },
  retracted: {
    detail: 'The question was deleted from the room. Nothing was sent.',
    todo: "Check the worker's room.",
  },
  went_on: {
    detail: 'The worker continued without an answer. Nothing was sent.',
    todo: 'Watch the worker. If it asks again, answer that question.',
  },
  too_long: {
    detail: `The question cannot be shown whole: it is longer than ${MAX_APPROVABLE_QUESTION_CHARACTERS} characters, or is in the room only in part. Nothing was sent.`,
    todo: "Read and answer it in the worker's room, or answer no here.",
  },
};
