import { randomUUID } from 'node:crypto';
import { answerGuard, createHomeserver } from '@agrenting-hiclaw/hiclaw';
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
  const { matrix } = await loadedConfiguration(terminal, options);
  await withStore(terminal, options, async (store) => {
    const { record, hiringId } = await findHiring(store, id);
    const worker = record.attempt?.progress.worker;
    if (record.state !== 'attention' || worker === undefined) {
      throw new CommandError(EXIT.failed, `${id} is ${record.state}: its worker asks nothing`);
    }
    const homeserver = createHomeserver({
      url: matrix.homeserverUrl,
      userId: matrix.userId,
      accessToken: matrix.accessToken,
    });
    try {
      const outcome = await answerGuard(homeserver, worker, answer, `guard-${randomUUID()}`);
      if (outcome.kind === 'failed') throw new CommandError(EXIT.unavailable, outcome.problem);
    } finally {
      homeserver.close();
    }
    if (options.json === true) return printJson(terminal, { hiringId, answer });
    terminal.print(`${worker.name} was told ${answer}; its result is taken when it comes\n`);
  });
}
