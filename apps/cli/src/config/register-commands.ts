import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `config ...`. */
export function registerConfigCommands(program: Command, terminal: Terminal): void {
  const config = program.command('config').description('The configuration file.');
  config
    .command('check')
    .description('Validate the configuration, and say of every setting what holds and where it came from.')
    .option('--webhook', 'look for what the bridge needs, too')
    .action(run(async (options) => await (await import('./check.ts')).checkConfig(terminal, options)));
  config
    .command('schema')
    .description('The JSON Schema of the file, with which editors complete and check it.')
    .option('--out <file>', 'write it there')
    .action(run(async (options) => await (await import('./schema.ts')).configSchema(terminal, options)));
}
