import { CommandError, EXIT } from './command-error.ts';
import type { CommonOptions, Terminal } from './terminal.ts';

/** Options of commands that print a part of a long list. */
export interface PagedOptions extends CommonOptions {
  readonly limit?: string | undefined;
  /** What the page before named; the newest without one. */
  readonly cursor?: string | undefined;
}

/** How many are wanted; throws `CommandError` for no number from 1 to 1,000. */
export function limitOf(text = '20'): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000) return limit;
  throw new CommandError(EXIT.usage, '--limit must be an integer from 1 to 1000');
}

/** Says how to go on, where there is more. */
export function printMore(terminal: Terminal, nextCursor: string | null): void {
  if (nextCursor !== null) terminal.print(`more entries: --cursor ${nextCursor}\n`);
}
