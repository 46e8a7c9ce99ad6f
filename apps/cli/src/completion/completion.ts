import type { Command } from 'commander';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { commandTree } from './tree.ts';
import { zshCompletion } from './zsh.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** Prints what a shell is to source; made from the commands as they are, so that no start of Node is needed at each tab. */
export async function printCompletion(terminal: Terminal, program: Command, shell: string): Promise<void> {
  if (!isShell(shell)) {
    throw new CommandError(
      EXIT.usage,
      `no completion for ${shell}`,
      `Use one of: ${Object.keys(SHELLS).join(', ')}.`,
    );
  }
  terminal.print(SHELLS[shell](program.name(), commandTree(program)));
  return await Promise.resolve();
}

function isShell(name: string): name is keyof typeof SHELLS {
  return Object.hasOwn(SHELLS, name);
}
