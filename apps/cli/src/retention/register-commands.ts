import type { Command } from 'commander';
import { runAudited } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `retention ...`. */
export function registerRetentionCommands(program: Command, terminal: Terminal): void {
  const retention = program.command('retention').description('Retention of ended hirings.');
  retention
    .command('sweep')
    .description('Delete data past its retention time, as every app does hourly.')
    .option('--dry-run', 'show what would be deleted')
    .option('-y, --yes', 'do not ask')
    .action(
      runAudited(
        terminal,
        async (options) => await (await import('./retention.ts')).sweep(terminal, options),
        () => 'Delete what has been kept long enough? `--dry-run` shows what that is.',
      ),
    );
}
