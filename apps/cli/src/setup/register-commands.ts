import type { Command } from 'commander';
import { runAudited } from '../terminal/run.ts';
import { withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `setup`. */
export function registerSetupCommands(program: Command, terminal: Terminal): void {
  const setup = program
    .command('setup')
    .description('Set up the adapter in HiClaw: account, rooms, allow-lists, storage user; then verify it.')
    .option(
      '--hiclaw-env <file>',
      "the env file of HiClaw's installation (registration token, admin's password)",
    )
    .option('--admin <name>', 'name of the admin (default: HICLAW_ADMIN_USER, or admin)')
    .option('--account <name>', "name of the adapter's own account", 'agrenting');
  withOwnersClient(setup)
    .option('--workers <names>', 'only these workers, comma-separated')
    .option('--manager', 'also set up the Manager, so that it can be asked about a silent worker')
    .option(
      '--session-files',
      "let the adapter's storage user read workers' session files, as further evidence that a task was taken",
    )
    .option('--no-verify', 'send no message to workers')
    .option('--verify-seconds <n>', 'how long to wait for a response of each worker', '60')
    .option('--dry-run', 'show the changes without making them')
    .option('--undo', 'undo the changes of this command')
    .option('-y, --yes', 'make all changes without asking')
    .addHelpText(
      'after',
      '\nYou can repeat it: existing steps are skipped. setup.json beside the configuration\nrecords the changes, and --undo reverts exactly those.',
    )
    .action(
      runAudited(terminal, async (options) => await (await import('./setup.ts')).setup(terminal, options)),
    );
}
