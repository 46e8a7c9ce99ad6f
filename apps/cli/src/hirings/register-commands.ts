import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import { paged } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `hirings ...`. */
export function registerHiringCommands(program: Command, terminal: Terminal): void {
  const hirings = program.command('hirings').description('Show and manage hirings.');
  registerLooking(hirings, terminal);
  registerDeciding(hirings, terminal);
  registerTaking(hirings, terminal);
}

/** What shows hirings. */
function registerLooking(hirings: Command, terminal: Terminal): void {
  paged(hirings.command('list').description('List hirings, newest first.'))
    .option('--state <state>', 'only hirings in this state, such as attention')
    .option('--attention', 'only hirings that need an operator')
    .option('--agent <id>', 'only hirings of this agent')
    .option('--worker <name>', 'only hirings of this worker')
    .option('--query <text>', 'start of an id, worker name, or words of the hirer')
    .action(run(async (options) => await (await import('./hirings.ts')).listHirings(terminal, options)));
  hirings
    .command('show <id>')
    .description('Show a hiring with its timeline.')
    .action(
      run(async (options, id = '') => await (await import('./hirings.ts')).showHiring(terminal, id, options)),
    );
  hirings
    .command('watch <id>')
    .description('Print transitions of a hiring as they happen, until it ends.')
    .action(
      run(
        async (options, id = '') => await (await import('./hirings.ts')).watchHiring(terminal, id, options),
      ),
    );
}

/** What changes what becomes of one. */
function registerDeciding(hirings: Command, terminal: Terminal): void {
  deciding(
    hirings
      .command('retry <id>')
      .description('Retry a hiring in state attention: hand it over to its worker again.'),
  ).action(
    runAudited(
      terminal,
      async (options, id = '') => await (await import('./commands.ts')).retryHiring(terminal, id, options),
    ),
  );
  deciding(
    hirings.command('approve <id>').description('Approve the work or the held result of a hiring.'),
  ).action(
    runAudited(
      terminal,
      async (options, id = '') => await (await import('./commands.ts')).approveHiring(terminal, id, options),
    ),
  );
  deciding(
    hirings.command('hold <id>').description('Hold a hiring until you decide; its worker is not notified.'),
  ).action(
    runAudited(
      terminal,
      async (options, id = '') => await (await import('./commands.ts')).holdHiring(terminal, id, options),
    ),
  );
  deciding(
    hirings
      .command('submit <id>')
      .description('Submit your own text as the result of a hiring in state attention.'),
  )
    .option('--text <text>', 'the result')
    .option('--file <file>', 'text file with the result')
    .action(
      runAudited(
        terminal,
        async (options, id = '') => await (await import('./commands.ts')).submitHiring(terminal, id, options),
      ),
    );
  hirings
    .command('message <id>')
    .description('Send a message to the worker or the hirer.')
    .option('--to <whom>', 'worker or hirer')
    .option('--text <text>', 'the message')
    .action(
      runAudited(
        terminal,
        async (options, id = '') =>
          await (await import('./commands.ts')).messageHiring(terminal, id, options),
      ),
    );
  deciding(
    hirings
      .command('fail <id>')
      .description('Report a hiring in state attention as failed; the hirer is refunded.'),
  )
    .option('--reason <text>', 'reason shown to the hirer')
    .action(
      runAudited(
        terminal,
        async (options, id = '') => await (await import('./commands.ts')).failHiring(terminal, id, options),
      ),
    );
  hirings
    .command('answer <id> <yes|no>')
    .description('Approve or deny the command that the worker asks to run.')
    .option(
      '--question <event-id>',
      'event id of the question from `hirings show`; needed without a terminal',
    )
    .action(
      runAudited(
        terminal,
        async (options, id = '', answer = '') =>
          await (await import('./answer.ts')).answerHiring(terminal, id, answer, options),
      ),
    );
}

/** What copies something of one to this machine. */
function registerTaking(hirings: Command, terminal: Terminal): void {
  hirings
    .command('file <id> <name>')
    .description('Print a file of the held result, by name or SHA-256.')
    .option('--output <file>', 'save to this file (default: print text)')
    .action(
      run(
        async (options, id = '', name = '') =>
          await (await import('./file.ts')).openFile(terminal, id, name, options),
      ),
    );
  hirings
    .command('export <id>')
    .description('Export everything about a hiring as one archive, without secrets.')
    .option('--out <file>', 'archive, .zip or .tar.gz (default: agrenting-<id>.zip)')
    .option('--force', 'overwrite an existing file')
    .action(
      run(
        async (options, id = '') => await (await import('./export.ts')).exportHiring(terminal, id, options),
      ),
    );
}

/** Takes the options of what decides about a hiring. */
function deciding(command: Command): Command {
  return command
    .option('-y, --yes', 'do not ask; needs --expect')
    .option('--expect <version>', 'version from `hirings show`; refused if it has changed');
}
