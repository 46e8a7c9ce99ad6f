import type {
  AlertLog,
  AlertRules,
  Clock,
  LoggedTransition,
  NewAlert,
  Store,
} from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { hiringAlert } from './alert-text.ts';
import { alertKindOf } from './alert-kind.ts';

export interface HistoryScannerOptions {
  readonly log: AlertLog;
  readonly hirings: Pick<Store['hirings'], 'find'>;
  readonly clock: Clock;
  readonly rules: AlertRules;
  readonly kinds: Configuration['alerts']['kinds'];
}

const BATCH = 100;
/** Older transitions are not alerted, such as after a time without alerts. */
const MAX_AGE_MS = 24 * 3_600_000;

/** Takes what is worth telling from the history; true when there is more to be looked at. For one process at a time. */
export async function scanHistory(options: HistoryScannerOptions): Promise<boolean> {
  const { log, clock, rules } = options;
  const transitions = await log.unread(BATCH);
  const found: NewAlert[] = [];
  for (const transition of transitions) {
    const alert = await alertOf(transition, options);
    if (alert !== undefined) found.push(alert);
  }
  await log.keep(found, rules, clock.nowMs(), transitions.at(-1)?.sequence);
  return transitions.length === BATCH;
}

async function alertOf(
  transition: LoggedTransition,
  { hirings, clock, kinds }: HistoryScannerOptions,
): Promise<NewAlert | undefined> {
  const kind = alertKindOf(transition);
  if (kind === undefined || !kinds.includes(kind) || clock.nowMs() - transition.atMs > MAX_AGE_MS)
    return undefined;
  // One that cannot be read is alerted anyway.
  const record = await hirings.find(transition.hiringId).catch(() => undefined);
  return hiringAlert(kind, transition, record);
}
