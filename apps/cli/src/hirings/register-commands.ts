import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import { paged } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `hirings ...`. */
export function registerHiringCommands(program: Command, terminal: Terminal): void {
  const hirings = program.command('hirings').description('What was hired, and what became of it.');
  registerLooking(hirings, terminal);
  registerDeciding(hirings, terminal);
  registerTaking(hirings, terminal);
}

/** What shows hirings. */
function registerLooking(hirings: Command, terminal: Terminal): void {
  paged(hirings.command('list').description('Hirings, the newest first.'))
    .option('--state <state>', 'only those in this state, such as attention')
    .option('--attention', 'only those that wait for a person')
    .option('--agent <id>', 'only those of this agent')
    .option('--worker <name>', 'only those of this worker')
    .option('--query <text>', "the beginning of an id, a worker's name, or words of the hirer")
    .action(run(async (options) => await (await import('./hirings.ts')).listHirings(terminal, options)));
  hirings
    .command('show <id>')
    .description('One hiring with its timeline.')
    .action(
      run(async (options, id = '') => await (await import('./hirings.ts')).showHiring(terminal, id, options)),
    );
  hirings
    .command('watch <id>')
    .description('Its moves as they happen, until it has ended.')
    .action(
      run(
        async (options, id = '') => await (await import('./hirings.ts')).watchHiring(terminal, id, options),
      ),
    );
  hirings
    .command('others')
    .description('Ignored deliveries: other event types and test requests.')
    .option('--limit <n>', 'how many, at most 1000', '20')
    .action(run(async (options) => await (await import('./hirings.ts')).listOthers(terminal, options)));
}

/** What changes what becomes of one. */
function registerDeciding(hirings: Command, terminal: Terminal): void {
  deciding(
    hirings.command('retry <id>').description('Hand one that waits for a person to its worker once more.'),
  ).action(
    run(async (options, id = '') => await (await import('./commands.ts')).retryHiring(terminal, id, options)),
  );
  deciding(
    hirings.command('approve <id>').description('Say yes to what waits for it: the work, or a held result.'),
  ).action(
    run(
      async (options, id = '') => await (await import('./commands.ts')).approveHiring(terminal, id, options),
    ),
  );
  deciding(
    hirings
      .command('hold <id>')
      .description('Keep it back until you say what becomes of it; its worker is not told.'),
  ).action(
    run(async (options, id = '') => await (await import('./commands.ts')).holdHiring(terminal, id, options)),
  );
  deciding(
    hirings
      .command('submit <id>')
      .description('Settle a text of yours as the result of one that waits for a person.'),
  )
    .option('--text <text>', 'the result')
    .option('--file <file>', 'a file of text with the result')
    .action(
      run(
        async (options, id = '') => await (await import('./commands.ts')).submitHiring(terminal, id, options),
      ),
    );
  hirings
    .command('message <id>')
    .description('Say something to its worker or its hirer.')
    .option('--to <whom>', 'worker or hirer')
    .option('--text <text>', 'what you say')
    .action(
      run(
        async (options, id = '') =>
          await (await import('./commands.ts')).messageHiring(terminal, id, options),
      ),
    );
  deciding(
    hirings
      .command('fail <id>')
      .description('Report one that waits for a person as failed; the hirer is refunded.'),
  )
    .option('--reason <text>', 'what the hirer reads')
    .action(
      run(
        async (options, id = '') => await (await import('./commands.ts')).failHiring(terminal, id, options),
      ),
    );
  hirings
    .command('answer <id> <yes|no>')
    .description('Tell the worker whether it may run the command that it asks about.')
    .option('--question <event-id>', 'the question, as `hirings show` names it, where nobody is asked')
    .action(
      run(
        async (options, id = '', answer = '') =>
          await (await import('./answer.ts')).answerHiring(terminal, id, answer, options),
      ),
    );
}

/** What copies something of one to this machine. */
function registerTaking(hirings: Command, terminal: Terminal): void {
  hirings
    .command('file <id> <name>')
    .description('A file of the result that waits, by its name or SHA-256.')
    .option('--output <file>', 'save it there; what is text is printed without it')
    .action(
      run(
        async (options, id = '', name = '') =>
          await (await import('./file.ts')).openFile(terminal, id, name, options),
      ),
    );
  hirings
    .command('export <id>')
    .description('One archive of all there is about a hiring, without secrets.')
    .option('--out <file>', 'ends in .zip or .tar.gz (default: agrenting-<id>.zip)')
    .option('--force', 'put it in the place of a file that is there')
    .action(
      run(
        async (options, id = '') => await (await import('./export.ts')).exportHiring(terminal, id, options),
      ),
    );
}

/** Takes the options of what decides about a hiring. */
function deciding(command: Command): Command {
  return command
    .option('-y, --yes', 'do it without asking, with --expect')
    .option(
      '--expect <version>',
      'the version that `hirings show` named; refused when it has another by then',
    );
}
