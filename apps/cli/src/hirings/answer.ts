import { randomUUID } from 'node:crypto';
import { answerWorker } from '@agrenting-hiclaw/adapter/operations';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { findHiring, withStore } from './hirings.ts';

/** Tells the worker of a hiring whether it may run the command that it asked about. */
export async function answerHiring(
  terminal: Terminal,
  id: string,
  answer: string,
  options: CommonOptions,
): Promise<void> {
  if (answer !== 'yes' && answer !== 'no')
    throw new CommandError(EXIT.usage, `${answer} is neither yes nor no`);
  const configuration = await loadedConfiguration(terminal, options);
  await withStore(terminal, options, async (store) => {
    const { record, hiringId } = await findHiring(store, id);
    const worker = await answerWorker(configuration, record, answer, randomUUID());
    if (options.json === true) return printJson(terminal, { hiringId, answer });
    terminal.print(`${worker} was told ${answer}; its result is taken when it comes\n`);
  });
}
