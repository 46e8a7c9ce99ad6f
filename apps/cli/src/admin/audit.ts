import { auditPage } from '@agrenting-hiclaw/operations';
import { withStore } from '../hirings/hirings.ts';
import { limitOf, printMore, type PagedOptions } from '../terminal/paged.ts';
import { printJson, shortTime, table } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Who did what by the admin API, the newest first; what was refused, too. */
export async function listAudit(terminal: Terminal, options: PagedOptions): Promise<void> {
  const request = { limit: limitOf(options.limit), cursor: options.cursor };
  await withStore(terminal, options, async (store) => {
    const { items, nextCursor } = await auditPage(store, request);
    if (options.json === true) return printJson(terminal, { audit: items, nextCursor });
    if (items.length === 0) return terminal.print('no audit entries\n');
    const rows = items.map(({ at, who, role, action, subject, outcome, from }) => [
      shortTime(at),
      who || '?',
      role || '-',
      action,
      subject || '-',
      outcome,
      from,
    ]);
    terminal.print(
      `${table(terminal, ['AT (UTC)', 'WHO', 'ROLE', 'DID', 'WITH', 'ANSWER', 'FROM'], rows)}\n`,
    );
    printMore(terminal, nextCursor);
  });
}
