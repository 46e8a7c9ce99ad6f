import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `config ...`. */
export function registerConfigCommands(program: Command, terminal: Terminal): void {
  const config = program.command('config').description('The configuration file.');
  config
    .command('check')
    .description('Validate the configuration and show every setting with its source.')
    .option('--webhook', 'also check the settings of the bridge')
    .action(run(async (options) => await (await import('./check.ts')).checkConfig(terminal, options)));
  config
    .command('schema')
    .description('Print the JSON Schema of the configuration file, for editors.')
    .option('--out <file>', 'write to this file')
    .action(run(async (options) => await (await import('./schema.ts')).configSchema(terminal, options)));
}
