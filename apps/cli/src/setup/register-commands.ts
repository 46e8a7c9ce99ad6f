import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import { withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `setup`. */
export function registerSetupCommands(program: Command, terminal: Terminal): void {
  const setup = program
    .command('setup')
    .description(
      'Give the adapter its place in HiClaw: account, rooms, allow-lists, storage user; then prove it.',
    )
    .option(
      '--hiclaw-env <file>',
      "the env file of HiClaw's installation (registration token, admin's password)",
    )
    .option('--admin <name>', 'name of the admin (default: HICLAW_ADMIN_USER, or admin)')
    .option('--account <name>', "name of the adapter's own account", 'agrenting');
  withOwnersClient(setup)
    .option('--workers <names>', 'only these, with commas between them')
    .option('--manager', 'have the Manager listen, too, so that it can be asked about a silent worker')
    .option(
      '--session-files',
      "let the adapter's storage user see the workers' session files, as a further sign that a task was taken",
    )
    .option('--no-verify', 'say nothing to the workers')
    .option('--verify-seconds <n>', 'how long a worker may take to show that it heard', '60')
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--undo', 'take back what this command made')
    .option('-y, --yes', 'make every change without asking')
    .addHelpText(
      'after',
      '\nIt may be repeated: what is done already is left alone. setup.json beside the configuration\nsays what it made, and --undo takes back that and nothing else.',
    )
    .action(run(async (options) => await (await import('./setup.ts')).setup(terminal, options)));
}
