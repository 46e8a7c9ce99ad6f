import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import { paged } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `audit` and `admin ...`. */
export function registerAdminCommands(program: Command, terminal: Terminal): void {
  paged(
    program
      .command('audit')
      .description("Who did what by the operator's API, the newest first; what was refused, too."),
  ).action(run(async (options) => await (await import('./audit.ts')).listAudit(terminal, options)));

  const admin = program.command('admin').description("The operator's API and the console.");
  admin
    .command('token')
    .description('Make a token for it, show it once, and keep its hash; one of the same name is replaced.')
    .option('--role <role>', 'operator, or viewer (read-only)')
    .option('--name <name>', 'whose it is, as the audit shows it')
    .option('--revoke', 'take the token of that name out')
    .action(run(async (options) => await (await import('./token.ts')).makeAdminToken(terminal, options)));
}
