import type { Command } from 'commander';
import { run } from '../terminal/run.ts';
import { paged, withOwnersClient } from '../terminal/shared-options.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `rooms ...`. */
export function registerRoomCommands(program: Command, terminal: Terminal): void {
  const rooms = program.command('rooms').description("The workers' rooms.");
  rooms
    .command('list')
    .description('List the rooms with their members.')
    .action(run(async (options) => await (await import('./rooms.ts')).listRooms(terminal, options)));
  paged(rooms.command('opened').description('List rooms opened for hirings, newest first.')).action(
    run(async (options) => await (await import('./hiring-rooms.ts')).listHiringRooms(terminal, options)),
  );
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
      run(
        async (options, name = '', room = '') =>
          await (await import('./rooms.ts')).setRoom(terminal, name, room, options),
      ),
    );
}
