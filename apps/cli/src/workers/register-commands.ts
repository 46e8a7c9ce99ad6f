import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import { withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `workers ...`. */
export function registerWorkerCommands(program: Command, terminal: Terminal): void {
  const workers = program.command('workers').description('The workers of HiClaw.');
  workers
    .command('list')
    .description('The map of workers.')
    .action(run(async (options) => await (await import('./workers.ts')).listWorkers(terminal, options)));
  workers
    .command('show <name>')
    .description('One, with what it did last.')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers.ts')).showWorker(terminal, name, options),
      ),
    );
  workers
    .command('start <name>')
    .description('Start one, by lifecycle.command.')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers.ts')).startWorker(terminal, name, options),
      ),
    );
  workers
    .command('stop <name>')
    .description('Stop one, by lifecycle.command; what it is at is lost.')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers.ts')).stopWorker(terminal, name, options),
      ),
    );
  workers
    .command('restart <name>')
    .description('Stop one and start it again; what it is at is lost.')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers.ts')).restartWorker(terminal, name, options),
      ),
    );
  workers
    .command('nudge <name>')
    .description('Say something to one and wait for a sign; costs one answer of its model.')
    .option('--seconds <n>', 'how long to wait', '60')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers.ts')).nudgeWorker(terminal, name, options),
      ),
    );
  withOwnersClient(
    workers.command('teach <name>').description('Give one the skill for Agrenting tasks.'),
  ).action(
    run(
      async (options, name = '') => await (await import('./teach.ts')).teachWorker(terminal, name, options),
    ),
  );
}
