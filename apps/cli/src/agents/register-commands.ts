import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `register`, `agents ...` and `sessions`. */
export function registerAgentCommands(program: Command, terminal: Terminal): void {
  program
    .command('register')
    .description('Register a worker as an agent on the marketplace and save its key.')
    .option('--worker <name>', 'worker that does the work')
    .option('--name <text>', 'agent name shown to hirers')
    .option('--description <text>', 'what it does')
    .option('--capabilities <list>', 'comma-separated')
    .option('--category <text>', 'such as coding or custom')
    .option('--price <amount>', 'price per hiring, such as 10.00')
    .option('--pricing <model>', 'fixed, auction or hybrid', 'fixed')
    .option('--callback-url <url>', 'URL that receives hirings; webhook connection only')
    .option(
      '--callback-header <header>',
      'header that the marketplace sends to that URL, such as "Authorization: ApiKey …" (default: the key of the bridge, created if needed)',
    )
    .option('--force', 'register the worker again even if it is registered already')
    .option('-y, --yes', 'do not ask')
    .action(
      runAudited(
        terminal,
        async (options) => await (await import('./register.ts')).register(terminal, options),
      ),
    );

  const agents = program.command('agents').description('Agents of the configuration.');
  agents
    .command('list')
    .description('List the agents of the configuration as the marketplace shows them.')
    .action(run(async (options) => await (await import('./agents.ts')).listAgents(terminal, options)));
  agents
    .command('show <agent>')
    .description('Show an agent, by id or worker, with its listing.')
    .action(
      run(
        async (options, name = '') => await (await import('./agents.ts')).showAgent(terminal, name, options),
      ),
    );
  agents
    .command('pause [agent]')
    .description('Stop accepting hirings for one agent or all; open hirings are still completed.')
    .option('--all', 'all agents of the configuration')
    .option('--drain', 'wait until no hiring is open')
    .option('-y, --yes', 'do not ask')
    .action(
      runAudited(
        terminal,
        async (options, name = '') => await (await import('./pause.ts')).pauseAgents(terminal, name, options),
        ({ all }, name = '') =>
          // Who they are has to be clear; the command says what is not.
          (name === '') === (all === true)
            ? `Take ${all === true ? 'all agents' : name} off the market? Open hirings are still completed.`
            : undefined,
      ),
    );
  agents
    .command('resume [agent]')
    .description('Accept hirings again.')
    .option('--all', 'all agents of the configuration')
    .action(
      runAudited(
        terminal,
        async (options, name = '') =>
          await (await import('./pause.ts')).resumeAgents(terminal, name, options),
      ),
    );
  agents
    .command('update <agent>')
    .description('Change the listing of an agent and verify the change.')
    .option('--description <text>', 'what it does')
    .option('--price <amount>', 'price per hiring, such as 10.00')
    .option('--capabilities <list>', 'comma-separated; replaces the current list')
    .option('--status <status>', 'active, inactive or draft')
    .action(
      runAudited(
        terminal,
        async (options, name = '') =>
          await (await import('./update.ts')).updateAgent(terminal, name, options),
      ),
    );

  program
    .command('sessions')
    .description('Show the MCP session of each agent.')
    .action(run(async (options) => await (await import('./sessions.ts')).listSessions(terminal, options)));
}
