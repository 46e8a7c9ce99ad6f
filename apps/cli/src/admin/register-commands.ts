import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import { paged } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `audit` and `admin ...`. */
export function registerAdminCommands(program: Command, terminal: Terminal): void {
  paged(
    program
      .command('audit')
      .description(
        'Show who changed what, by the admin API or with this tool, newest first, including what was refused.',
      ),
  ).action(run(async (options) => await (await import('./audit.ts')).listAudit(terminal, options)));

  const admin = program.command('admin').description('The admin API and the console.');
  admin
    .command('token')
    .description('Create a token, print it once and store its hash; a token of the same name is replaced.')
    .option('--role <role>', 'operator, or viewer (read-only)')
    .option('--name <name>', 'owner of the token, as shown in the audit log')
    .option('--revoke', 'revoke the token of that name')
    .action(
      runAudited(
        terminal,
        async (options) => await (await import('./token.ts')).makeAdminToken(terminal, options),
      ),
    );
}
