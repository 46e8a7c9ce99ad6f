import type { Command } from 'commander';
import { run, runAudited } from '../terminal/run.ts';
import { withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `rooms ...`. */
export function registerRoomCommands(program: Command, terminal: Terminal): void {
  const rooms = program.command('rooms').description("The workers' rooms.");
  rooms
    .command('list')
    .description('List the rooms of the workers with their members, or the rooms opened for hirings.')
    .option('--hirings', 'list the rooms opened for hirings, newest first')
    .option('--limit <n>', 'with --hirings: number of entries, at most 1000 (default: 20)')
    .option('--cursor <cursor>', 'with --hirings: continue after the previous page')
    .action(run(async (options) => await (await import('./list.ts')).listRooms(terminal, options)));
  const discover = rooms
    .command('discover')
    .description('Find the rooms of workers in all sources of HiClaw, and report contradictions.')
    .option('--hiclaw-env <file>', "the env file of HiClaw's installation (admin's password)")
    .option('--admin <name>', 'name of the admin (default: HICLAW_ADMIN_USER, or admin)');
  withOwnersClient(discover).action(
    run(async (options) => await (await import('./discover.ts')).discoverRooms(terminal, options)),
  );
  rooms
    .command('set <worker> <room>')
    .description('Set the room of a worker in the configuration file.')
    .action(
      runAudited(
        terminal,
        async (options, name = '', room = '') =>
          await (await import('./rooms.ts')).setRoom(terminal, name, room, options),
      ),
    );
}
