import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `keys ...`. */
export function registerKeyCommands(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('Keys of the adapter and of its agents.');
  keys
    .command('rotate <worker>')
    .description("Trade the key of a worker's agent for a new one; the old one is dead at once.")
    .option('-y, --yes', 'do it without asking')
    .action(
      run(
        async (options, name = '') => await (await import('./rotate.ts')).rotateKey(terminal, name, options),
      ),
    );
  keys
    .command('list')
    .description('Every key that the adapter works with: what it opens and where it is kept.')
    .action(run(async (options) => await (await import('./list.ts')).listKeys(terminal, options)));
  keys
    .command('new <file>')
    .description('Make a key for a store.')
    .action(
      run(
        async (options, file = '') => await (await import('./keys.ts')).newStoreKey(terminal, file, options),
      ),
    );
}
