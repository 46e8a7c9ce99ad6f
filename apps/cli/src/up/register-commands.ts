import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `up`. */
export function registerUpCommands(program: Command, terminal: Terminal): void {
  program
    .command('up')
    .description('Run the adapter until it is stopped.')
    .option(
      '--apps <names>',
      'apps to run, comma-separated: mcp-client, bridge, poller, admin-api',
      'mcp-client,poller',
    )
    .action(run(async (options) => await (await import('./up.ts')).up(terminal, options)));
}
