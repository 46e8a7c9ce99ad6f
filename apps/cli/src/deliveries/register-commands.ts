import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `deliveries ...`. */
export function registerDeliveryCommands(program: Command, terminal: Terminal): void {
  const deliveries = program.command('deliveries').description('Deliveries of the marketplace.');
  deliveries
    .command('list')
    .description(
      'List deliveries that are not hirings: ignored ones (other events, test requests) and malformed ones.',
    )
    .option('--limit <n>', 'number of entries, at most 1000', '20')
    .action(run(async (options) => await (await import('./list.ts')).listDeliveries(terminal, options)));
}
