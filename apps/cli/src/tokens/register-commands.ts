import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import { withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `tokens ...`. */
export function registerTokenCommands(program: Command, terminal: Terminal): void {
  const tokens = program.command('tokens').description("The workers' Matrix tokens.");
  withOwnersClient(tokens.command('check').description('Check the Matrix token of each worker.')).action(
    run(async (options) => await (await import('./tokens.ts')).checkTokens(terminal, options)),
  );
  withOwnersClient(
    tokens
      .command('login <worker>')
      .description('Log in as a worker and write the token to its settings; rarely needed.'),
  )
    .option('-y, --yes', 'do not ask')
    .action(
      runAudited(
        terminal,
        async (options, name = '') =>
          await (await import('./tokens.ts')).loginWorker(terminal, name, options),
      ),
    );
}
