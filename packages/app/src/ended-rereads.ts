import {
  type AgentId,
  type Clock,
  ENDED_REREADS_LEASE,
  endedReadingOf,
  type HiringRead,
  type HiringRecord,
  isEnd,
  type Marketplace,
  type MoneyEvent,
  nextEndedRereadAtMs,
  type TheirClock,
  type EndedReread,
  type RereadOutcome,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import type { Leader } from '@agrenting-hiclaw/runtime';
import type { IntakeParts } from './intake.ts';
import { keepSweeping } from './keep-sweeping.ts';

export interface EndedSweepOptions {
  readonly store: Pick<Store, 'endedRereads'> & { readonly hirings: Pick<Store['hirings'], 'find'> };
  readonly marketplace: Pick<Marketplace, 'readHiring'>;
  readonly marketplaceClock: Pick<TheirClock, 'toTheirs'>;
  /** How long after its end a hiring is read again, in days. */
  readonly endedDays: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of what happened to the money of a hiring. */
  readonly report?: ((hiring: EndedReread, event: MoneyEvent) => void) | undefined;
}

/** Hirings that one sweep reads: few, because what is at work needs the requests. */
const PER_SWEEP = 20;
const DAY_MS = 86_400_000;
/** After a read that failed, and where it was to be the last; the other hirings of its agent are put off as long without being asked. */
const AFTER_FAILURE_MS = { usual: 3_600_000, last: DAY_MS } as const;

/**
 * Reads ended hirings whose turn it is, one after the other: the marketplace tells nobody of a dispute or a refund after the
 * end (Agrenting API reference, 11.3). An end stays what it is; what became of the money is noted in the history, which
 * alerts and earnings are made of. Rejects with `StoreError` only.
 */
export async function sweepEnded(options: EndedSweepOptions): Promise<void> {
  const { store, clock, signal, report } = options;
  const failing = new Set<AgentId>();
  for (const reread of await store.endedRereads.due(clock.nowMs(), PER_SWEEP)) {
    if (signal.aborted) return;
    const record = await store.hirings.find(reread.hiringId);
    if (record === undefined || !isEnd(record.state)) continue;
    const outcome = await outcomeOf(options, reread, record, failing);
    const noted = await store.endedRereads.done(reread, record, outcome, clock.nowMs());
    if (noted && outcome.money !== undefined) report?.(reread, outcome.money.change.event);
  }
}

async function outcomeOf(
  { marketplace, marketplaceClock, clock, endedDays }: EndedSweepOptions,
  { hiringId, endedAtMs }: EndedReread,
  record: HiringRecord,
  failing: Set<AgentId>,
): Promise<RereadOutcome> {
  const { agentId } = record;
  const read: HiringRead | undefined = failing.has(agentId)
    ? undefined
    : await marketplace.readHiring(agentId, hiringId, 'ended');
  const nowMs = clock.nowMs();
  const laterMs = nextEndedRereadAtMs(endedAtMs, nowMs);
  // That its time is over is final, and our own clock may be ahead: the marketplace's has to agree, which a read tells.
  const latestAgeMs = Math.min(laterMs, marketplaceClock.toTheirs(laterMs)) - endedAtMs;
  const isLast = latestAgeMs > endedDays * DAY_MS;
  const nextAtMs = isLast ? undefined : laterMs;
  switch (read?.kind) {
    case 'found':
      return { nextAtMs, ...endedReadingOf(record, read.hiring) };
    case 'absent':
      return { nextAtMs };
    case 'malformed':
      return { nextAtMs };
    case 'unauthorized':
    case 'unavailable':
    case undefined:
      failing.add(agentId);
      return { nextAtMs: nowMs + AFTER_FAILURE_MS[isLast ? 'last' : 'usual'] };
  }
}

export interface EndedRereadsOptions extends Pick<
  IntakeParts,
  'configuration' | 'store' | 'holder' | 'leaseMs' | 'clock' | 'log'
> {
  readonly marketplace: Pick<Marketplace, 'readHiring'>;
  readonly marketplaceClock: Pick<TheirClock, 'toTheirs'>;
  /** From one sweep to the next. Default a minute. */
  readonly everyMs?: number | undefined;
}

/** Sweeps once a minute, in one process of a store; never where `reread.endedDays` is 0. */
export function keepRereadingEnded(options: EndedRereadsOptions): Leader | undefined {
  const { configuration, store, marketplace, marketplaceClock, clock, log, everyMs = 60_000 } = options;
  const { endedDays } = configuration.reread;
  if (endedDays === 0) return undefined;
  return keepSweeping({
    ...options,
    name: ENDED_REREADS_LEASE,
    everyMs,
    sweep: async (signal) =>
      await sweepEnded({
        store,
        marketplace,
        marketplaceClock,
        endedDays,
        clock,
        signal,
        report: ({ hiringId }, event) =>
          log.warn({ hiringId, event }, 'the money of an ended hiring changed'),
      }),
  });
}
