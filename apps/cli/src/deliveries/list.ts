import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { whenReceived, withStore, type Receipts } from '../hirings/hirings.ts';
import { limitOf, type PagedOptions } from '../terminal/paged.ts';
import { printJson, shortTime, table } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Lists ignored and malformed deliveries, newest first. */
export async function listDeliveries(terminal: Terminal, options: PagedOptions): Promise<void> {
  const limit = limitOf(options.limit);
  await withStore(terminal, options, async (store) => {
    const malformed = await store.malformedDeliveries(limit);
    const ignored = await store.ignoredDeliveries(limit);
    const deliveries = [
      ...malformed.map((delivery) => entryOf(`unreadable: ${delivery.problem}`, delivery)),
      ...ignored.map((delivery) => entryOf(delivery.what, delivery)),
    ]
      .toSorted((one, other) => other.last.localeCompare(one.last))
      .slice(0, limit);
    if (options.json === true) return printJson(terminal, { deliveries });
    if (deliveries.length === 0) return terminal.print('no ignored or malformed deliveries\n');
    const rows = deliveries.map(({ what, intake, last, times }) => [
      inQuotes(what, 120),
      intake,
      shortTime(last),
      String(times),
    ]);
    terminal.print(`${table(terminal, ['WHAT', 'RECEIVED BY', 'LAST AT (UTC)', 'TIMES'], rows)}\n`);
  });
}

function entryOf(what: string, receipts: Receipts) {
  return { what, ...whenReceived(receipts) };
}
