import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `earnings`. */
export function registerEarningsCommands(program: Command, terminal: Terminal): void {
  program
    .command('earnings')
    .description('Show earnings by agent and UTC day.')
    .option('--from <day>', 'first day, such as 2026-11-01')
    .option('--to <day>', 'last day, inclusive')
    .option('--agent <id>', 'only this agent')
    .option('--format <format>', 'table, csv or json (default: table)')
    .action(run(async (options) => await (await import('./earnings.ts')).showEarnings(terminal, options)));
}
