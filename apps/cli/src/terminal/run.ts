import { Command } from 'commander';
import type { CommonOptions, Terminal } from './terminal.ts';

type Action = (options: CommonOptions, ...words: string[]) => Promise<void>;
type CommanderAction = (...given: unknown[]) => Promise<void>;

/** Has commander run an action: with the options of its command and of those before it, and with its words. */
export function run(action: Action): CommanderAction {
  return async (...given) => {
    const { command, words } = readGiven(given);
    await action(command.optsWithGlobals<CommonOptions>(), ...words);
  };
}

/**
 * The same for what changes something: it is in the audit log with who did it and how it ended, as what is done by the API is.
 * Where there is a question, it is asked first, unless `--yes` says so beforehand.
 */
export function runAudited(
  terminal: Terminal,
  action: Action,
  question?: (options: CommonOptions & { readonly all?: boolean }, ...words: string[]) => string | undefined,
): CommanderAction {
  return async (...given) => {
    const { command, words } = readGiven(given);
    const { perform } = await import('./perform.ts');
    const options = command.optsWithGlobals<CommonOptions>();
    await perform(terminal, {
      path: pathOf(command),
      words,
      options,
      question: question?.(options, ...words),
      action,
    });
  };
}

function readGiven(given: readonly unknown[]): { readonly command: Command; readonly words: string[] } {
  const command = given.at(-1);
  if (!(command instanceof Command)) throw new TypeError('commander calls actions with the command last');
  return { command, words: given.filter((word): word is string => typeof word === 'string') };
}

/** Such as `hirings retry`. */
function pathOf(command: Command): string {
  const topic = command.parent?.parent ?? undefined;
  return topic === undefined ? command.name() : `${command.parent?.name()} ${command.name()}`;
}
