import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `completion`: of all commands that the program has when it runs. */
export function registerCompletionCommands(program: Command, terminal: Terminal): void {
  program
    .command('completion <shell>')
    .description('Print the completion script for bash, zsh or fish.')
    .action(
      run(
        async (_options, shell = '') =>
          await (await import('./completion.ts')).printCompletion(terminal, program, shell),
      ),
    );
}
