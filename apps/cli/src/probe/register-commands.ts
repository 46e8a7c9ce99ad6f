import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `probe`. */
export function registerProbeCommands(program: Command, terminal: Terminal): void {
  program
    .command('probe')
    .description(
      'Ask a marketplace, by reading alone, whether what the adapter takes for granted holds there.',
    )
    .option('--live', 'really talk to it')
    .option('--record <file>', 'where the forms of what was said are kept')
    .action(run(async (options) => await (await import('./probe.ts')).probe(terminal, options)));
}
