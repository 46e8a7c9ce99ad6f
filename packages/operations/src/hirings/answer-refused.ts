import { MAX_APPROVABLE_QUESTION_CHARACTERS, type AnswerRefusal } from '@agrenting-hiclaw/core/domain';

/** Why an answer to a worker's guard was refused, and what to do, for the caller. Nothing was sent. */
export const ANSWER_REFUSED: Readonly<
  Record<AnswerRefusal, { readonly detail: string; readonly todo: string }>
> = {
  no_question: {
    detail: 'The worker of this hiring waits for no answer.',
    todo: 'See what the hiring waits for; `approve` is for work and results.',
  },
  newer_question: {
    detail: 'The worker has asked something else since. Nothing was sent.',
    todo: 'Read the present question, and answer that one.',
  },
  answered: {
    detail: 'The question was answered already. Nothing was sent.',
    todo: 'See what the worker does. If it asks again, answer that question.',
  },
  retracted: {
    detail: 'The question was deleted from the room. Nothing was sent.',
    todo: 'Look into the room of the worker.',
  },
  went_on: {
    detail: 'The worker went on without an answer. Nothing was sent.',
    todo: 'See what the worker does. If it asks again, answer that question.',
  },
  too_long: {
    detail: `The question cannot be shown whole: it is longer than ${MAX_APPROVABLE_QUESTION_CHARACTERS} characters, or is in the room only in part. Nothing was sent.`,
    todo: 'Read it in the room of the worker and answer it there, or say no.',
  },
};
