import { alertsPage } from '@agrenting-hiclaw/operations';
import { withStore } from '../hirings/hirings.ts';
import { limitOf, printMore, type PagedOptions } from '../terminal/paged.ts';
import { printJson, shortTime, table } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What the operator was told or will be, the newest first. */
export async function listAlerts(terminal: Terminal, options: PagedOptions): Promise<void> {
  const request = { limit: limitOf(options.limit), cursor: options.cursor };
  await withStore(terminal, options, async (store) => {
    const { items, nextCursor } = await alertsPage(store, request);
    if (options.json === true) return printJson(terminal, { alerts: items, nextCursor });
    if (items.length === 0) return terminal.print('no alerts\n');
    const rows = items.map(({ keptAt, kind, sink, doneAt, refusals, text }) => [
      shortTime(keptAt),
      kind,
      sink,
      doneAt === null ? `waits (${refusals} refusals)` : shortTime(doneAt),
      text.split('\n', 1)[0] ?? '',
    ]);
    terminal.print(`${table(terminal, ['AT (UTC)', 'KIND', 'TO', 'DONE (UTC)', 'ALERT'], rows)}\n`);
    printMore(terminal, nextCursor);
  });
}
