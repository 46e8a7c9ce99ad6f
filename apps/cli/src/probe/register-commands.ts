import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `probe`. */
export function registerProbeCommands(program: Command, terminal: Terminal): void {
  program
    .command('probe')
    .description('Check with read-only requests that a marketplace behaves as the adapter assumes.')
    .option('--live', 'send the requests')
    .option('--record <file>', 'file for the shapes of the responses')
    .action(run(async (options) => await (await import('./probe.ts')).probe(terminal, options)));
}
