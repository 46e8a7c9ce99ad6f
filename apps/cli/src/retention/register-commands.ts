import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `retention ...`. */
export function registerRetentionCommands(program: Command, terminal: Terminal): void {
  const retention = program.command('retention').description('How long what is over stays.');
  retention
    .command('sweep')
    .description('Let go of what ended longer ago, as every app does once an hour.')
    .option('--dry-run', 'say what would go, and change nothing')
    .action(run(async (options) => await (await import('./retention.ts')).sweep(terminal, options)));
}
