import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `backup`, `restore` and `rebuild`. */
export function registerStoreCommands(program: Command, terminal: Terminal): void {
  program
    .command('backup <file>')
    .description('Copy the store into a new file, while others work on it.')
    .action(
      run(async (options, file = '') => await (await import('./copies.ts')).backUp(terminal, file, options)),
    );
  program
    .command('restore <file>')
    .description('Put a backup in the place of the store, which is kept beside it.')
    .action(
      run(async (options, file = '') => await (await import('./copies.ts')).restore(terminal, file, options)),
    );
  program
    .command('rebuild')
    .description(
      'Make a lost store anew from the marketplace, the storage and the rooms; no worker is told twice.',
    )
    .action(run(async (options) => await (await import('./rebuild.ts')).rebuildStore(terminal, options)));
}
