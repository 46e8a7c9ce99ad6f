import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `init`. */
export function registerInitCommands(program: Command, terminal: Terminal): void {
  program
    .command('init')
    .description('Ask where everything is, check it, and write the configuration file and the store key.')
    .option('--homeserver <url>', "HiClaw's Matrix homeserver, as seen from here")
    .option('--storage <url>', "HiClaw's object storage, as seen from here")
    .option('--marketplace <url>', 'the marketplace')
    .option('--profile <version>', 'HiClaw 1.0, 1.1, 1.2 (AgentTeams), or auto: set-up finds out')
    .option('--registry <file>', "workers-registry.json in the Manager's home")
    .option('--lifecycle <list>', 'program that starts workers (lifecycle-worker.sh, agt), as a JSON list')
    .option('--offline', 'do not check that the addresses answer')
    .option('-y, --yes', 'ask nothing: take what is given, and presets for the rest')
    .action(run(async (options) => await (await import('./init.ts')).init(terminal, options)));
}
