import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import { paged } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `alerts ...`. */
export function registerAlertCommands(program: Command, terminal: Terminal): void {
  const alerts = program.command('alerts').description('Operator alerts.');
  alerts
    .command('test')
    .description('Send a test alert to each sink and report the outcome.')
    .action(run(async (options) => await (await import('./test-alerts.ts')).testAlerts(terminal, options)));
  paged(alerts.command('list').description('List sent and pending alerts, newest first.')).action(
    run(async (options) => await (await import('./list-alerts.ts')).listAlerts(terminal, options)),
  );
}
