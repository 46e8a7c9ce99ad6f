import type { AlertLog, AlertRules, Clock, LoggedMove, NewAlert, Store } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { hiringAlert } from './alert-text.ts';
import { worthTelling } from './alert-kind.ts';

export interface HistoryWatchOptions {
  readonly log: AlertLog;
  readonly hirings: Pick<Store['hirings'], 'find'>;
  readonly clock: Clock;
  readonly rules: AlertRules;
  readonly kinds: Configuration['alerts']['kinds'];
}

const BATCH = 100;
/** Nobody is told of what is older, such as after a time without alerts. */
const MAX_AGE_MS = 24 * 3_600_000;

/** Takes what is worth telling from the history; true when there is more to be looked at. For one process at a time. */
export async function lookThroughHistory(options: HistoryWatchOptions): Promise<boolean> {
  const { log, clock, rules } = options;
  const moves = await log.unread(BATCH);
  const found: NewAlert[] = [];
  for (const move of moves) {
    const alert = await alertOf(move, options);
    if (alert !== undefined) found.push(alert);
  }
  await log.keep(found, rules, clock.nowMs(), moves.at(-1)?.sequence);
  return moves.length === BATCH;
}

async function alertOf(
  move: LoggedMove,
  { hirings, clock, kinds }: HistoryWatchOptions,
): Promise<NewAlert | undefined> {
  const kind = worthTelling(move);
  if (kind === undefined || !kinds.includes(kind) || clock.nowMs() - move.atMs > MAX_AGE_MS) return undefined;
  // One that cannot be read is told of all the same.
  const record = await hirings.find(move.hiringId).catch(() => undefined);
  return hiringAlert(kind, move, record);
}
