import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import { withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `workers ...`. */
export function registerWorkerCommands(program: Command, terminal: Terminal): void {
  const workers = program.command('workers').description('The workers of HiClaw.');
  workers
    .command('list')
    .description('List the workers.')
    .action(run(async (options) => await (await import('./workers.ts')).listWorkers(terminal, options)));
  workers
    .command('show <name>')
    .description('Show a worker with its last activity.')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers.ts')).showWorker(terminal, name, options),
      ),
    );
  workers
    .command('start <name>')
    .description('Start a worker with lifecycle.command.')
    .action(
      runAudited(
        terminal,
        async (options, name = '') =>
          await (await import('./workers.ts')).startWorker(terminal, name, options),
      ),
    );
  workers
    .command('stop <name>')
    .description('Stop a worker with lifecycle.command; its unfinished work is lost.')
    .option('-y, --yes', 'do not ask')
    .action(
      runAudited(
        terminal,
        async (options, name = '') =>
          await (await import('./workers.ts')).stopWorker(terminal, name, options),
        (_options, name = '') => `Stop worker ${name}? Its unfinished work is lost.`,
      ),
    );
  workers
    .command('restart <name>')
    .description('Restart a worker; its unfinished work is lost.')
    .option('-y, --yes', 'do not ask')
    .action(
      runAudited(
        terminal,
        async (options, name = '') =>
          await (await import('./workers.ts')).restartWorker(terminal, name, options),
        (_options, name = '') => `Restart worker ${name}? Its unfinished work is lost.`,
      ),
    );
  workers
    .command('ping <name>')
    .description('Send a message to a worker and wait for activity; costs one model response.')
    .option('--seconds <n>', 'how long to wait', '60')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers.ts')).pingWorker(terminal, name, options),
      ),
    );
  withOwnersClient(
    workers.command('install-skill <name>').description('Install the skill for Agrenting tasks on a worker.'),
  ).action(
    runAudited(
      terminal,
      async (options, name = '') =>
        await (await import('./install-skill.ts')).installSkill(terminal, name, options),
    ),
  );
}
