import { ANSWER_REFUSED, answerWorker } from '@agrenting-hiclaw/operations';
import { openQuestion, isShownWhole, type HiringRecord } from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { agreed } from '../terminal/ask.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { findHiring, unknownHiring, withStore } from './hirings.ts';
import { questionAsShown } from './question.ts';

export interface AnswerOptions extends CommonOptions {
  /** The event id of the question, where nobody is asked. */
  readonly question?: string | undefined;
}

/**
 * Tells the worker of a hiring whether it may run the command that it asked about: the question that is shown here, or the
 * one that was named.
 */
export async function answerHiring(
  terminal: Terminal,
  id: string,
  answer: string,
  options: AnswerOptions,
): Promise<void> {
  if (answer !== 'yes' && answer !== 'no') throw new CommandError(EXIT.usage, `the answer must be yes or no`);
  const configuration = await loadedConfiguration(terminal, options);
  await withStore(terminal, options, async (store) => {
    const { record, hiringId } = await findHiring(store, id);
    const question = options.question ?? (await shownQuestion(terminal, record, answer));
    const outcome = await answerWorker(configuration, store, hiringId, { question, answer });
    switch (outcome.kind) {
      case 'said':
      case 'already': {
        const already = outcome.kind === 'already';
        if (options.json === true) return printJson(terminal, { hiringId, question, answer, already });
        const worker = record.attempt?.progress.worker?.name ?? 'the worker';
        return terminal.print(
          already
            ? `${worker} already got the answer ${answer} to this question; nothing was sent\n`
            : `${worker} got the answer ${answer}; the adapter waits for its result\n`,
        );
      }
      case 'absent':
        throw unknownHiring(id);
      case 'busy':
        throw new CommandError(EXIT.unavailable, `${id} is being processed`, 'Try again in a few seconds.');
      case 'refused': {
        const { detail, todo } = ANSWER_REFUSED[outcome.code];
        throw new CommandError(EXIT.failed, detail, todo);
      }
      case 'failed':
        throw new CommandError(EXIT.unavailable, outcome.problem, 'Give the same answer again.');
    }
  });
}

/** The question that somebody was shown and wants to answer. Throws `Declined` when they do not. */
async function shownQuestion(
  terminal: Terminal,
  record: HiringRecord,
  answer: 'yes' | 'no',
): Promise<string> {
  const question = openQuestion(record);
  const { detail, todo } = ANSWER_REFUSED[question === undefined ? 'no_question' : 'too_long'];
  if (question === undefined || (answer === 'yes' && !isShownWhole(question))) {
    throw new CommandError(EXIT.failed, detail, todo);
  }
  if (!terminal.interactive) {
    throw new CommandError(
      EXIT.usage,
      'There is no terminal, and --question is missing',
      'Read the question with `hirings show`, then pass --question <event id>.',
    );
  }
  terminal.print(`${questionAsShown(terminal, question)}\n`);
  await agreed(terminal, `Answer ${answer}?`, false);
  return question.eventId;
}
