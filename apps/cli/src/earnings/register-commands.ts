import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `earnings`. */
export function registerEarningsCommands(program: Command, terminal: Terminal): void {
  program
    .command('earnings')
    .description('What the marketplace paid, by agent and UTC day.')
    .option('--from <day>', 'from this day on, such as 2026-11-01')
    .option('--to <day>', 'to this day, which is counted too')
    .option('--agent <id>', 'of this agent only')
    .option('--format <format>', 'table, csv or json (default: table)')
    .action(run(async (options) => await (await import('./earnings.ts')).showEarnings(terminal, options)));
}
