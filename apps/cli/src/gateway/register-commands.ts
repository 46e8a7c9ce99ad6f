import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `gateway ...`. */
export function registerGatewayCommands(program: Command, terminal: Terminal): void {
  const gateway = program
    .command('gateway')
    .description("The bridge's routes in HiClaw's gateway (Higress).");
  for (const [name, description, action] of [
    ['setup', 'Create the service, consumer and routes, and test them.', 'setUpGateway'],
    ['check', 'Read the routes back, and test them with --gateway.', 'checkGateway'],
    ['undo', 'Remove the routes.', 'undoGateway'],
  ] as const) {
    gateway
      .command(name)
      .description(description)
      .option('--console <url>', 'address of the gateway console (default: http://127.0.0.1:8001)')
      .option(
        '--gateway <url>',
        'address where the gateway accepts requests, such as http://127.0.0.1:18080; it is tested',
      )
      .option(
        '--bridge-host <host>',
        'host under which the gateway reaches the bridge (default: webhook.host)',
      )
      .option('--domain <names>', 'domains of the routes (default: all)')
      .option('--hiclaw-env <file>', "the env file of HiClaw's installation (admin's password)")
      .option('--admin <name>', 'name of the admin (default: HICLAW_ADMIN_USER, or admin)')
      .action(
        name === 'check'
          ? run(async (options) => await (await import('./gateway.ts'))[action](terminal, options))
          : runAudited(
              terminal,
              async (options) => await (await import('./gateway.ts'))[action](terminal, options),
            ),
      );
  }
}
