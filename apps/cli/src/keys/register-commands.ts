import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `keys ...`. */
export function registerKeyCommands(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('Keys of the adapter and of its agents.');
  keys
    .command('rotate <worker>')
    .description("Rotate the key of a worker's agent; the old key stops working at once.")
    .option('-y, --yes', 'do not ask')
    .action(
      runAudited(
        terminal,
        async (options, name = '') => await (await import('./rotate.ts')).rotateKey(terminal, name, options),
      ),
    );
  keys
    .command('list')
    .description('List the keys of the adapter, what each is for and where it is stored.')
    .action(run(async (options) => await (await import('./list.ts')).listKeys(terminal, options)));
  keys
    .command('new <file>')
    .description('Create a store key.')
    .action(
      run(
        async (options, file = '') => await (await import('./keys.ts')).newStoreKey(terminal, file, options),
      ),
    );
}
