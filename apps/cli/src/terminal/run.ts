import { Command } from 'commander';
import type { CommonOptions } from './terminal.ts';

/** Has commander run an action: with the options of its command and of those before it, and with its words. */
export function run(
  action: (options: CommonOptions, ...words: string[]) => Promise<void>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1);
    if (!(command instanceof Command)) throw new TypeError('commander calls actions with the command last');
    const words = given.filter((word): word is string => typeof word === 'string');
    await action(command.optsWithGlobals<CommonOptions>(), ...words);
  };
}
