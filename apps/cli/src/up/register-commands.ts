import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `up`. */
export function registerUpCommands(program: Command, terminal: Terminal): void {
  program
    .command('up')
    .description('Start the adapter and keep it until it is told to stop.')
    .option(
      '--apps <names>',
      'which of mcp-client, bridge, poller and admin-api, with commas between',
      'mcp-client,poller',
    )
    .action(run(async (options) => await (await import('./up.ts')).up(terminal, options)));
}
