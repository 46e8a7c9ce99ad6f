import { roomsPage } from '@agrenting-hiclaw/operations';
import { withStore } from '../hirings/hirings.ts';
import { limitOf, printMore, type PagedOptions } from '../terminal/paged.ts';
import { printJson, shortTime, table } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Rooms that were opened for hirings, the newest first. */
export async function listHiringRooms(terminal: Terminal, options: PagedOptions): Promise<void> {
  const request = { limit: limitOf(options.limit), cursor: options.cursor };
  await withStore(terminal, options, async (store) => {
    const { items, nextCursor } = await roomsPage(store, request);
    if (options.json === true) return printJson(terminal, { rooms: items, nextCursor });
    if (items.length === 0) return terminal.print('no rooms were opened for hirings\n');
    const rows = items.map(({ roomId, hiringId, worker, endedAt, leftAt }) => [
      roomId,
      worker,
      hiringId,
      endedAt === null ? 'in use' : shortTime(endedAt),
      leftAt === null ? '-' : shortTime(leftAt),
    ]);
    terminal.print(`${table(terminal, ['ROOM', 'WORKER', 'HIRING', 'ENDED (UTC)', 'LEFT (UTC)'], rows)}\n`);
    printMore(terminal, nextCursor);
  });
}
