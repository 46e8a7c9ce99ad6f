import { useProxies } from '@agrenting-hiclaw/runtime/proxies';
import { Command, CommanderError, Option } from 'commander';
import { CommandError, EXIT } from '@agrenting-hiclaw/adapter/operations/exit-codes';
import { fileProblem } from './terminal/file-problem.ts';
import { styled } from './terminal/show.ts';
import type { CommonOptions, Terminal } from './terminal/terminal.ts';

const EXIT_CODES = `
Exit codes:
  0  done                        2  wrong use or configuration
  1  a check or command failed   3  the other side could not be asked: try again later

Every command takes --config and --json. Secrets are never options: they come from variables, from
files that <VARIABLE>_FILE names, or are asked for.`;

const OWNERS_CLIENT = new Option(
  '--mc <command>',
  'MinIO client with the rights of the owner, as "docker exec -i hiclaw-manager mc"',
);
const OWNERS_ALIAS = new Option(
  '--mc-alias <name>',
  "the client's name for HiClaw's storage (default: as this HiClaw calls it)",
);

/**
 * Runs one command; gives its exit code. What a command does is loaded when it runs, so that `--help` is quick.
 */
export async function runCli(commandArguments: readonly string[], terminal: Terminal): Promise<number> {
  const program = commandLine(terminal);
  try {
    useProxies(terminal.environment);
    await program.parseAsync([...commandArguments], { from: 'user' });
    return EXIT.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.usage;
    const error = fileProblem(thrown) ?? thrown;
    if (error instanceof CommandError) {
      terminal.complain(`${styled(terminal, 'red', 'agrenting-hiclaw:')} ${error.message}\n`);
      if (error.remedy !== undefined) terminal.complain(`  ${error.remedy}\n`);
      return error.exitCode;
    }
    // Somebody pressed ^C at a question.
    if (error instanceof Error && error.name === 'ExitPromptError') return EXIT.usage;
    const [message, remedy] =
      error instanceof Error
        ? [error.message, 'remedy' in error ? String(error.remedy) : error.stack]
        : [String(error)];
    terminal.complain(`agrenting-hiclaw: ${message}\n${remedy === undefined ? '' : `  ${remedy}\n`}`);
    return EXIT.failed;
  }
}

function commandLine(terminal: Terminal): Command {
  const program = new Command('agrenting-hiclaw')
    .description('Sell the work of your HiClaw workers on the Agrenting marketplace.')
    .option('-c, --config <file>', 'configuration file (or ADAPTER_CONFIG; default ./adapter.yaml)')
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      `
The first evening:
  agrenting-hiclaw init        where is everything? writes adapter.yaml
  agrenting-hiclaw setup       gives the adapter its place in your HiClaw
  agrenting-hiclaw register    offers a worker on the marketplace
  agrenting-hiclaw doctor      is everything right?
  agrenting-hiclaw up          works until you stop it
${EXIT_CODES}`,
    );
  settle(program, terminal);

  const add = (parent: Command, name: string, description: string): Command => {
    const command = parent.command(name).description(description);
    settle(command, terminal);
    return command;
  };
  /** The options of a command together with those before it. */
  const run =
    <Options extends CommonOptions>(action: (options: Options, ...words: string[]) => Promise<void>) =>
    async (...given: unknown[]): Promise<void> => {
      const command = given.at(-1);
      if (!(command instanceof Command)) throw new TypeError('commander calls actions with the command last');
      const words = given.filter((word): word is string => typeof word === 'string');
      await action(command.optsWithGlobals<Options>(), ...words);
    };

  add(
    program,
    'init',
    'Ask where everything is, check it, and write the configuration file and the store key.',
  )
    .option('--homeserver <url>', "HiClaw's Matrix homeserver, as seen from here")
    .option('--storage <url>', "HiClaw's object storage, as seen from here")
    .option('--marketplace <url>', 'the marketplace')
    .option('--profile <version>', 'HiClaw 1.0, 1.1, 1.2 (AgentTeams), or auto: set-up finds out')
    .option('--registry <file>', "workers-registry.json in the Manager's home")
    .option('--lifecycle <list>', 'program that starts workers (lifecycle-worker.sh, agt), as a JSON list')
    .option('--offline', 'do not check that the addresses answer')
    .option('-y, --yes', 'ask nothing: take what is given, and presets for the rest')
    .action(run(async (options) => await (await import('./init/init.ts')).init(terminal, options)));

  add(
    program,
    'setup',
    'Give the adapter its place in HiClaw: account, rooms, allow-lists, storage user; then prove it.',
  )
    .option(
      '--hiclaw-env <file>',
      "the env file of HiClaw's installation (registration token, admin's password)",
    )
    .option('--admin <name>', 'name of the admin (default: HICLAW_ADMIN_USER, or admin)')
    .option('--account <name>', "name of the adapter's own account", 'agrenting')
    .addOption(OWNERS_CLIENT)
    .addOption(OWNERS_ALIAS)
    .option('--workers <names>', 'only these, with commas between them')
    .option('--manager', 'have the Manager listen, too, so that it can be asked about a silent worker')
    .option(
      '--session-files',
      "let the adapter's storage user see the workers' session files, as a further sign that a task was taken",
    )
    .option('--no-proof', 'say nothing to the workers')
    .option('--proof-seconds <n>', 'how long a worker may take to show that it heard', '60')
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--undo', 'take back what this command made')
    .option('-y, --yes', 'make every change without asking')
    .addHelpText(
      'after',
      '\nIt may be repeated: what is done already is left alone. setup.json beside the configuration\nsays what it made, and --undo takes back that and nothing else.',
    )
    .action(run(async (options) => await (await import('./setup/setup.ts')).setup(terminal, options)));

  add(program, 'register', 'Offer a worker on the marketplace: register an agent and keep its key.')
    .option('--worker <name>', 'who does the work')
    .option('--name <text>', 'name of the agent, as hirers see it')
    .option('--description <text>', 'what it does')
    .option('--capabilities <list>', 'with commas between them')
    .option('--category <text>', 'such as coding or custom')
    .option('--price <amount>', 'of a hiring, such as 10.00')
    .option('--pricing <model>', 'fixed, auction or hybrid', 'fixed')
    .option('--callback-url <url>', 'where hirings are posted; connection by webhook only')
    .option(
      '--callback-header <header>',
      'header that the marketplace sends there, as "Authorization: ApiKey …"; else with the key of the bridge, which is made if need be',
    )
    .option('--again', 'although the worker is offered already')
    .option('-y, --yes', 'ask nothing')
    .action(run(async (options) => await (await import('./agents/register.ts')).register(terminal, options)));

  const agents = add(program, 'agents', 'The agents whose work is sold.');
  add(agents, 'list', 'Every agent of the configuration, as the marketplace knows it by its key.').action(
    run(async (options) => await (await import('./agents/agents.ts')).listAgents(terminal, options)),
  );
  add(agents, 'show <agent>', 'One, by its id or its worker, with what hirers see of it.').action(
    run(
      async (options, name = '') =>
        await (await import('./agents/agents.ts')).showAgent(terminal, name, options),
    ),
  );

  add(agents, 'pause [agent]', 'Take no new hirings, for one agent or all; what it has is still done.')
    .option('--all', 'every agent of the configuration')
    .option('--drain', 'wait until nothing is open any more')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./agents/pause.ts')).pauseAgents(terminal, name, options),
      ),
    );
  add(agents, 'resume [agent]', 'Take hirings again.')
    .option('--all', 'every agent of the configuration')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./agents/pause.ts')).resumeAgents(terminal, name, options),
      ),
    );

  add(agents, 'update <agent>', 'Change what hirers see of one, and read back that they do.')
    .option('--description <text>', 'what it does')
    .option('--price <amount>', 'of a hiring, such as 10.00')
    .option('--capabilities <list>', 'with commas between them; takes the place of those that it has')
    .option('--status <status>', 'active, inactive or draft')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./agents/update.ts')).updateAgent(terminal, name, options),
      ),
    );

  add(program, 'sessions', 'Of each agent, whether a process keeps its MCP session.').action(
    run(async (options) => await (await import('./agents/sessions.ts')).listSessions(terminal, options)),
  );

  add(program, 'up', 'Start the adapter and keep it until it is told to stop.')
    .option(
      '--apps <names>',
      'which of mcp-client, bridge, poller and admin-api, with commas between',
      'mcp-client,poller',
    )
    .action(run(async (options) => await (await import('./up/up.ts')).up(terminal, options)));

  add(program, 'doctor', 'Look at everything that has to be right, and say of each what to do.')
    .option('--start', 'also try the way to start workers, which starts them')
    .addOption(OWNERS_CLIENT)
    .addOption(OWNERS_ALIAS)
    .action(run(async (options) => await (await import('./doctor/doctor.ts')).doctor(terminal, options)));

  add(
    program,
    'probe',
    'Ask a marketplace, by reading alone, whether what the adapter takes for granted holds there.',
  )
    .option('--live', 'really talk to it')
    .option('--record <file>', 'where the forms of what was said are kept')
    .action(run(async (options) => await (await import('./probe/probe.ts')).probe(terminal, options)));

  const gateway = add(program, 'gateway', "The bridge's routes in HiClaw's gateway (Higress).");
  for (const [name, description, action] of [
    ['setup', 'Make service, consumer and routes, and look whether they work.', 'setUpGateway'],
    ['check', 'Read back what is there, and try it with --gateway.', 'checkGateway'],
    ['undo', 'Take it out again.', 'undoGateway'],
  ] as const) {
    add(gateway, name, description)
      .option('--console <url>', "the gateway's console (default: http://127.0.0.1:8001)")
      .option(
        '--gateway <url>',
        'where the gateway takes requests, such as http://127.0.0.1:18080: it is tried',
      )
      .option('--bridge-host <host>', 'where the gateway reaches the bridge (default: webhook.host)')
      .option('--domain <names>', 'names under which the routes answer (default: all)')
      .option('--hiclaw-env <file>', "the env file of HiClaw's installation (admin's password)")
      .option('--admin <name>', 'name of the admin (default: HICLAW_ADMIN_USER, or admin)')
      .action(
        run(async (options) => await (await import('./gateway/gateway.ts'))[action](terminal, options)),
      );
  }

  const webhook = add(program, 'webhook', 'The bridge, as the marketplace reaches it.');
  add(
    webhook,
    'test',
    'Send the bridge a trial delivery as the marketplace would, and say what became of it; it is never a hiring.',
  )
    .option('--url <url>', 'there, with the key of this configuration (default: the bridge on this machine)')
    .option('--agent <agent>', 'to the callback URL in the listing of this agent')
    .action(
      run(
        async (options) => await (await import('./webhook/test-webhook.ts')).testWebhook(terminal, options),
      ),
    );

  const config = add(program, 'config', 'The configuration file.');
  add(
    config,
    'check',
    'Validate the configuration, and say of every setting what holds and where it came from.',
  )
    .option('--webhook', 'look for what the bridge needs, too')
    .action(run(async (options) => await (await import('./config/check.ts')).checkConfig(terminal, options)));
  add(config, 'schema', 'The JSON Schema of the file, with which editors complete and check it.')
    .option('--out <file>', 'write it there')
    .action(
      run(async (options) => await (await import('./config/schema.ts')).configSchema(terminal, options)),
    );

  add(
    program,
    'completion <shell>',
    'Print the completion for bash, zsh or fish, such as: source <(agrenting-hiclaw completion bash)',
  ).action(
    run(
      async (_options, shell = '') =>
        await (await import('./completion/completion.ts')).printCompletion(terminal, program, shell),
    ),
  );

  const hirings = add(program, 'hirings', 'What was hired, and what became of it.');
  paged(add(hirings, 'list', 'Hirings, the newest first.'))
    .option('--state <state>', 'only those in this state, such as attention')
    .option('--attention', 'only those that wait for a person')
    .option('--agent <id>', 'only those of this agent')
    .option('--worker <name>', 'only those of this worker')
    .option('--query <text>', "the beginning of an id, a worker's name, or words of the hirer")
    .action(
      run(async (options) => await (await import('./hirings/hirings.ts')).listHirings(terminal, options)),
    );
  add(hirings, 'show <id>', 'One hiring with its timeline.').action(
    run(
      async (options, id = '') =>
        await (await import('./hirings/hirings.ts')).showHiring(terminal, id, options),
    ),
  );
  add(hirings, 'watch <id>', 'Its moves as they happen, until it has ended.').action(
    run(
      async (options, id = '') =>
        await (await import('./hirings/hirings.ts')).watchHiring(terminal, id, options),
    ),
  );
  add(hirings, 'others', 'What came where hirings come and was none, such as trial deliveries.')
    .option('--limit <n>', 'how many, at most 1000', '20')
    .action(
      run(async (options) => await (await import('./hirings/hirings.ts')).listOthers(terminal, options)),
    );
  deciding(add(hirings, 'retry <id>', 'Hand one that waits for a person to its worker once more.')).action(
    run(
      async (options, id = '') =>
        await (await import('./hirings/commands.ts')).retryHiring(terminal, id, options),
    ),
  );
  deciding(add(hirings, 'approve <id>', 'Say yes to what waits for it: the work, or a held result.')).action(
    run(
      async (options, id = '') =>
        await (await import('./hirings/commands.ts')).approveHiring(terminal, id, options),
    ),
  );
  deciding(
    add(hirings, 'hold <id>', 'Keep it back until you say what becomes of it; its worker is not told.'),
  ).action(
    run(
      async (options, id = '') =>
        await (await import('./hirings/commands.ts')).holdHiring(terminal, id, options),
    ),
  );
  deciding(
    add(hirings, 'submit <id>', 'Settle a text of yours as the result of one that waits for a person.'),
  )
    .option('--text <text>', 'the result')
    .option('--file <file>', 'a file of text with the result')
    .action(
      run(
        async (options, id = '') =>
          await (await import('./hirings/commands.ts')).submitHiring(terminal, id, options),
      ),
    );
  add(hirings, 'message <id>', 'Say something to its worker or its hirer.')
    .option('--to <whom>', 'worker or hirer')
    .option('--text <text>', 'what you say')
    .action(
      run(
        async (options, id = '') =>
          await (await import('./hirings/commands.ts')).messageHiring(terminal, id, options),
      ),
    );
  deciding(add(hirings, 'fail <id>', 'Report one that waits for a person as failed; the hirer is refunded.'))
    .option('--reason <text>', 'what the hirer reads')
    .action(
      run(
        async (options, id = '') =>
          await (await import('./hirings/commands.ts')).failHiring(terminal, id, options),
      ),
    );

  add(hirings, 'answer <id> <yes|no>', 'Tell the worker whether it may run the command that it asks about.')
    .option('--question <event-id>', 'the question, as `hirings show` names it, where nobody is asked')
    .action(
      run(
        async (options, id = '', answer = '') =>
          await (await import('./hirings/answer.ts')).answerHiring(terminal, id, answer, options),
      ),
    );

  add(hirings, 'file <id> <name>', 'A file of the result that waits, by its name or SHA-256.')
    .option('--output <file>', 'save it there; what is text is printed without it')
    .action(
      run(
        async (options, id = '', name = '') =>
          await (await import('./hirings/file.ts')).openFile(terminal, id, name, options),
      ),
    );

  add(hirings, 'export <id>', 'One archive of all there is about a hiring, without secrets.')
    .option('--out <file>', 'ends in .zip or .tar.gz (default: agrenting-<id>.zip)')
    .option('--force', 'put it in the place of a file that is there')
    .action(
      run(
        async (options, id = '') =>
          await (await import('./evidence/export.ts')).exportHiring(terminal, id, options),
      ),
    );

  add(program, 'earnings', 'What the marketplace paid, by agent and UTC day.')
    .option('--from <day>', 'from this day on, such as 2026-11-01')
    .option('--to <day>', 'to this day, which is counted too')
    .option('--agent <id>', 'of this agent only')
    .option('--format <format>', 'table, csv or json (default: table)')
    .action(
      run(async (options) => await (await import('./earnings/earnings.ts')).showEarnings(terminal, options)),
    );

  add(program, 'backup <file>', 'Copy the store into a new file, while others work on it.').action(
    run(
      async (options, file = '') => await (await import('./store/copies.ts')).backUp(terminal, file, options),
    ),
  );
  add(program, 'restore <file>', 'Put a backup in the place of the store, which is kept beside it.').action(
    run(
      async (options, file = '') =>
        await (await import('./store/copies.ts')).restore(terminal, file, options),
    ),
  );
  add(
    program,
    'rebuild',
    'Make a lost store anew from the marketplace, the storage and the rooms; no worker is told twice.',
  ).action(
    run(async (options) => await (await import('./store/rebuild.ts')).rebuildStore(terminal, options)),
  );

  const retention = add(program, 'retention', 'How long what is over stays.');
  add(retention, 'sweep', 'Let go of what ended longer ago, as every app does once an hour.')
    .option('--dry-run', 'say what would go, and change nothing')
    .action(
      run(async (options) => await (await import('./retention/retention.ts')).sweep(terminal, options)),
    );

  const workers = add(program, 'workers', 'The workers of HiClaw.');
  add(workers, 'list', 'The map of workers.').action(
    run(async (options) => await (await import('./workers/workers.ts')).listWorkers(terminal, options)),
  );
  add(workers, 'show <name>', 'One, with what it did last.').action(
    run(
      async (options, name = '') =>
        await (await import('./workers/workers.ts')).showWorker(terminal, name, options),
    ),
  );
  add(workers, 'start <name>', 'Start one, by lifecycle.command.').action(
    run(
      async (options, name = '') =>
        await (await import('./workers/workers.ts')).startWorker(terminal, name, options),
    ),
  );
  add(workers, 'stop <name>', 'Stop one, by lifecycle.command; what it is at is lost.').action(
    run(
      async (options, name = '') =>
        await (await import('./workers/workers.ts')).stopWorker(terminal, name, options),
    ),
  );
  add(workers, 'restart <name>', 'Stop one and start it again; what it is at is lost.').action(
    run(
      async (options, name = '') =>
        await (await import('./workers/workers.ts')).restartWorker(terminal, name, options),
    ),
  );
  add(workers, 'nudge <name>', 'Say something to one and wait for a sign; costs one answer of its model.')
    .option('--seconds <n>', 'how long to wait', '60')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers/workers.ts')).nudgeWorker(terminal, name, options),
      ),
    );

  add(workers, 'teach <name>', 'Give one the skill for Agrenting tasks.')
    .addOption(OWNERS_CLIENT)
    .addOption(OWNERS_ALIAS)
    .action(
      run(
        async (options, name = '') =>
          await (await import('./workers/teach.ts')).teachWorker(terminal, name, options),
      ),
    );

  const rooms = add(program, 'rooms', "The workers' rooms.");
  add(rooms, 'list', 'Who is in each.').action(
    run(async (options) => await (await import('./workers/workers.ts')).listRooms(terminal, options)),
  );
  paged(add(rooms, 'opened', 'Rooms that were opened for hirings, the newest first.')).action(
    run(async (options) => await (await import('./rooms/opened.ts')).listOpenedRooms(terminal, options)),
  );
  add(
    rooms,
    'discover',
    'Find the rooms of workers in every place where HiClaw keeps them, and say where those disagree.',
  )
    .option('--hiclaw-env <file>', "the env file of HiClaw's installation (admin's password)")
    .option('--admin <name>', 'name of the admin (default: HICLAW_ADMIN_USER, or admin)')
    .addOption(OWNERS_CLIENT)
    .addOption(OWNERS_ALIAS)
    .action(
      run(async (options) => await (await import('./rooms/discover.ts')).discoverRooms(terminal, options)),
    );
  add(rooms, 'set <worker> <room>', 'Set the room of a worker in the configuration file.').action(
    run(
      async (options, name = '', room = '') =>
        await (await import('./workers/workers.ts')).setRoom(terminal, name, room, options),
    ),
  );

  const tokens = add(program, 'tokens', "The workers' Matrix tokens.");
  add(tokens, 'check', 'Of each worker, whether the token in its settings is one.')
    .addOption(OWNERS_CLIENT)
    .addOption(OWNERS_ALIAS)
    .action(
      run(async (options) => await (await import('./tokens/tokens.ts')).checkTokens(terminal, options)),
    );
  add(tokens, 'login <worker>', 'Log in as a worker and put the token into its settings; rarely needed.')
    .addOption(OWNERS_CLIENT)
    .addOption(OWNERS_ALIAS)
    .option('-y, --yes', 'do it without asking')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./tokens/tokens.ts')).loginWorker(terminal, name, options),
      ),
    );

  const alerts = add(program, 'alerts', 'What you are told of by yourself.');
  add(alerts, 'test', 'Send one trial alert to each place, and say what became of it.').action(
    run(async (options) => await (await import('./alerts/test-alerts.ts')).testAlerts(terminal, options)),
  );

  paged(add(alerts, 'list', 'What you were told or will be, the newest first.')).action(
    run(async (options) => await (await import('./alerts/list-alerts.ts')).listAlerts(terminal, options)),
  );

  paged(
    add(program, 'audit', "Who did what by the operator's API, the newest first; what was refused, too."),
  ).action(run(async (options) => await (await import('./admin/audit.ts')).listAudit(terminal, options)));

  const admin = add(program, 'admin', "The operator's API and the console.");
  add(
    admin,
    'token',
    'Make a token for it, show it once, and keep its hash; one of the same name is replaced.',
  )
    .option('--role <role>', 'operator, or viewer, who may look and do nothing')
    .option('--name <name>', 'whose it is, as the audit shows it')
    .option('--revoke', 'take the token of that name out')
    .action(
      run(async (options) => await (await import('./admin/token.ts')).makeAdminToken(terminal, options)),
    );

  const keys = add(program, 'keys', 'Keys of the adapter and of its agents.');
  add(
    keys,
    'rotate <worker>',
    "Trade the key of a worker's agent for a new one; the old one is dead at once.",
  )
    .option('-y, --yes', 'do it without asking')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./keys/rotate.ts')).rotateKey(terminal, name, options),
      ),
    );
  add(keys, 'list', 'Every key that the adapter works with: what it opens and where it is kept.').action(
    run(async (options) => await (await import('./keys/list.ts')).listKeys(terminal, options)),
  );
  add(keys, 'new <file>', 'Make a key for a store.').action(
    run(
      async (options, file = '') =>
        await (await import('./keys/keys.ts')).newStoreKey(terminal, file, options),
    ),
  );
  return program;
}

/** Takes the options of a command that prints a part of a long list. */
/** The options of what decides about a hiring. */
function deciding(command: Command): Command {
  return command
    .option('-y, --yes', 'do it without asking, with --expect')
    .option(
      '--expect <version>',
      'the version that `hirings show` named; refused when it has another by then',
    );
}

function paged(command: Command): Command {
  return command
    .option('--limit <n>', 'how many, at most 1000', '20')
    .option('--cursor <cursor>', 'go on where the page before ended');
}

/** Ends by an error instead of the process, prints to the terminal, and helps where it was used wrongly. */
function settle(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.complain(text),
      getOutHasColors: () => terminal.colours,
    })
    .showHelpAfterError('(see --help)')
    .showSuggestionAfterError();
}
