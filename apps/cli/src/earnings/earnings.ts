import { csvOf, jsonOf, reportOf, rowsOf } from '@agrenting-hiclaw/operations';
import { agentIdSchema, parseTimeMs, type AgentId } from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { withStore } from '../hirings/hirings.ts';
import { table } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

export interface EarningsOptions extends CommonOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly agent?: string | undefined;
  readonly format?: string | undefined;
}

const DAY_MS = 86_400_000;
/** The last moment that a date can have. */
const FOREVER_MS = 8_640_000_000_000_000;
const HEADINGS = ['AGENT', 'DAY (UTC)', 'HIRINGS', 'GROSS', 'FEE', 'NET', 'TAKEN BACK'];

/** Says what the marketplace paid, by agent and UTC day. */
export async function showEarnings(terminal: Terminal, options: EarningsOptions): Promise<void> {
  const format = formatOf(options);
  const fromMs = options.from === undefined ? 0 : dayOf('--from', options.from);
  const toMs = options.to === undefined ? FOREVER_MS : dayOf('--to', options.to) + DAY_MS;
  if (fromMs >= toMs) throw new CommandError(EXIT.usage, '--from must not be after --to');
  const agentId = options.agent === undefined ? undefined : agentOf(options.agent);
  await withStore(terminal, options, async (store) => {
    const { days, unreadable } = reportOf(await store.earnings({ fromMs, toMs, agentId }));
    for (const price of unreadable) {
      const shown = JSON.stringify(price.slice(0, 40));
      terminal.writeError(`the price ${shown} is not an amount: its hirings count as 0\n`);
    }
    if (format === 'csv') return terminal.print(csvOf(days));
    if (format === 'json') return terminal.print(jsonOf(days));
    if (days.length === 0) return terminal.print('no earnings in this period\n');
    terminal.print(`${table(terminal, HEADINGS, rowsOf(days))}\n`);
    terminal.print(
      '\nPaid hirings only; what was taken back later stands beside them, net. The fee is a forecast: the marketplace does not say how it rounds.\n',
    );
  });
}

function formatOf({ format, json }: EarningsOptions): 'table' | 'csv' | 'json' {
  const given = format ?? (json === true ? 'json' : 'table');
  if (given === 'table' || given === 'csv' || given === 'json') return given;
  throw new CommandError(EXIT.usage, `--format must be one of: table, csv, json`);
}

/** The beginning of a UTC day. */
function dayOf(option: string, text: string): number {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseTimeMs(text) : undefined;
  if (atMs !== undefined) return atMs;
  throw new CommandError(EXIT.usage, `${option} must be a date such as 2026-11-27`);
}

function agentOf(text: string): AgentId {
  const agentId = agentIdSchema.safeParse(text).data;
  if (agentId !== undefined) return agentId;
  throw new CommandError(EXIT.usage, `--agent must be an agent id (UUID)`);
}
