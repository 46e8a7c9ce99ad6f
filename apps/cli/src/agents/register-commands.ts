import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `register`, `agents ...` and `sessions`. */
export function registerAgentCommands(program: Command, terminal: Terminal): void {
  program
    .command('register')
    .description('Offer a worker on the marketplace: register an agent and keep its key.')
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
    .action(run(async (options) => await (await import('./register.ts')).register(terminal, options)));

  const agents = program.command('agents').description('The agents whose work is sold.');
  agents
    .command('list')
    .description('Every agent of the configuration, as the marketplace knows it by its key.')
    .action(run(async (options) => await (await import('./agents.ts')).listAgents(terminal, options)));
  agents
    .command('show <agent>')
    .description('One, by its id or its worker, with what hirers see of it.')
    .action(
      run(
        async (options, name = '') => await (await import('./agents.ts')).showAgent(terminal, name, options),
      ),
    );
  agents
    .command('pause [agent]')
    .description('Take no new hirings, for one agent or all; what it has is still done.')
    .option('--all', 'every agent of the configuration')
    .option('--drain', 'wait until nothing is open any more')
    .action(
      run(
        async (options, name = '') => await (await import('./pause.ts')).pauseAgents(terminal, name, options),
      ),
    );
  agents
    .command('resume [agent]')
    .description('Take hirings again.')
    .option('--all', 'every agent of the configuration')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./pause.ts')).resumeAgents(terminal, name, options),
      ),
    );
  agents
    .command('update <agent>')
    .description('Change what hirers see of one, and read back that they do.')
    .option('--description <text>', 'what it does')
    .option('--price <amount>', 'of a hiring, such as 10.00')
    .option('--capabilities <list>', 'with commas between them; takes the place of those that it has')
    .option('--status <status>', 'active, inactive or draft')
    .action(
      run(
        async (options, name = '') =>
          await (await import('./update.ts')).updateAgent(terminal, name, options),
      ),
    );

  program
    .command('sessions')
    .description('Of each agent, whether a process keeps its MCP session.')
    .action(run(async (options) => await (await import('./sessions.ts')).listSessions(terminal, options)));
}
