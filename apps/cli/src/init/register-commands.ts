import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `init`. */
export function registerInitCommands(program: Command, terminal: Terminal): void {
  program
    .command('init')
    .description('Ask for addresses, check them, and write the configuration file and the store key.')
    .option('--homeserver <url>', "address of HiClaw's Matrix homeserver")
    .option('--storage <url>', "address of HiClaw's object storage")
    .option('--marketplace <url>', 'address of the marketplace')
    .option('--profile <version>', 'HiClaw version, such as 1.2 (AgentTeams), or auto (detected by setup)')
    .option('--registry <file>', "workers-registry.json in the Manager's home")
    .option('--lifecycle <list>', 'program that starts workers (lifecycle-worker.sh, agt), as a JSON list')
    .option('--offline', 'do not check the addresses')
    .option('-y, --yes', 'do not ask; use the given values and defaults')
    .action(run(async (options) => await (await import('./init.ts')).init(terminal, options)));
}
