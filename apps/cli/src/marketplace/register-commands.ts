import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `marketplace ...`. */
export function registerMarketplaceCommands(program: Command, terminal: Terminal): void {
  const marketplace = program.command('marketplace').description('The marketplace itself.');
  marketplace
    .command('verify')
    .description('Check with read-only requests that the marketplace behaves as the adapter assumes.')
    .option('--record <file>', 'save the shapes of the responses to this new file')
    .action(run(async (options) => await (await import('./verify.ts')).verifyMarketplace(terminal, options)));
}
