import { CommandError, EXIT } from '../terminal/command-error.ts';
import type { PagedOptions } from '../terminal/paged.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { listHiringRooms } from './hiring-rooms.ts';
import { listWorkerRooms } from './rooms.ts';

export interface ListRoomsOptions extends PagedOptions {
  readonly hirings?: boolean | undefined;
}

/** Lists the rooms of the workers, or those opened for hirings. Only the latter come in pages. */
export async function listRooms(terminal: Terminal, options: ListRoomsOptions): Promise<void> {
  if (options.hirings === true) return await listHiringRooms(terminal, options);
  if (options.limit !== undefined || options.cursor !== undefined) {
    throw new CommandError(EXIT.usage, '--limit and --cursor need --hirings', 'Pass --hirings as well.');
  }
  return await listWorkerRooms(terminal, options);
}
