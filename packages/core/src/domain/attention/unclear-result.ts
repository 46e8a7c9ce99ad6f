import { z } from 'zod';

/** Why nobody but its owner can tell whether a text is an answer. */
export const RESULT_DOUBTS = [
  /** A status that is no success stands somewhere in it. */
  'status_below',
  /** It begins with a word for a failure or a question. */
  'bare_word',
  /** It begins by saying that the work was not done. */
  'says_failed',
  /** It is short, and may say that the work was not done, or ask for something. Files beside it are an answer. */
  'may_refuse',
  /** Its header is nothing but a status that is no success, and an answer with a title of its own is around it. */
  'lone_status',
  /** A status that is no success stands at its top, but it is not the header that was asked for. */
  'other_status',
  /** It is a failure with much text below, which may be the work. */
  'long_failure',
] as const;

export type ResultDoubt = (typeof RESULT_DOUBTS)[number];

/**
 * Why what a worker delivered is not settled without its owner's yes, or is no result at all. Names, statuses and summaries
 * are as the worker wrote them.
 */
export const unclearResultSchema = z.discriminatedUnion('code', [
  // Nothing that could be settled.
  /** More lies in the task folder than is looked at. */
  z.object({ code: z.literal('too_many_objects') }),
  /** The marker names a result that is not a file of the worker in the task folder. */
  z.object({ code: z.literal('named_result_missing') }),
  z.object({ code: z.literal('no_result') }),
  z.object({ code: z.literal('answer_too_large'), name: z.string(), maxBytes: z.int() }),
  z.object({ code: z.literal('answer_not_text'), name: z.string() }),

  // A result that its owner may say yes to.
  z.object({ code: z.literal('doubtful_answer'), doubt: z.enum(RESULT_DOUBTS) }),
  /** The marker has a status that is no success, and the answer has none. */
  z.object({ code: z.literal('contradicting_status'), status: z.string() }),
  /** The marker says that the worker asks, and not what. */
  z.object({ code: z.literal('question_missing') }),
  z.object({ code: z.literal('partial'), summary: z.string() }),
  z.object({ code: z.literal('needs_revision'), summary: z.string() }),
  z.object({ code: z.literal('unknown_status'), status: z.string() }),
  /** A file that is named as delivered by its path in the task folder, and is not there. */
  z.object({ code: z.literal('deliverable_missing'), name: z.string() }),
  z.object({ code: z.literal('too_many_files'), leftOut: z.int(), maxFiles: z.int() }),
]);

export type UnclearResult = z.output<typeof unclearResultSchema>;
