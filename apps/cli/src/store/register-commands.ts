import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `backup`, `restore` and `rebuild`. */
export function registerStoreCommands(program: Command, terminal: Terminal): void {
  program
    .command('backup <file>')
    .description('Back up the store to a new file while the adapter runs.')
    .action(
      run(async (options, file = '') => await (await import('./copies.ts')).backUp(terminal, file, options)),
    );
  program
    .command('restore <file>')
    .description('Replace the store with a backup; the old store is kept beside it.')
    .option('-y, --yes', 'do not ask')
    .action(
      runAudited(
        terminal,
        async (options, file = '') => await (await import('./copies.ts')).restore(terminal, file, options),
        (_options, file = '') => `Replace the store with ${file}?`,
      ),
    );
  program
    .command('rebuild')
    .description('Rebuild a lost store from the marketplace, storage and rooms; no worker is notified twice.')
    .action(
      runAudited(
        terminal,
        async (options) => await (await import('./rebuild.ts')).rebuildStore(terminal, options),
      ),
    );
}
