import type { IntakeParts } from '@agrenting-hiclaw/app';
import type { SessionStatus } from '@agrenting-hiclaw/core/agrenting';

export interface SessionHeartbeatOptions extends Pick<IntakeParts, 'holder' | 'log'> {
  readonly clock: Pick<IntakeParts['clock'], 'nowMs' | 'sleep'>;
  readonly store: { readonly agentSessions: Pick<IntakeParts['store']['agentSessions'], 'note'> };
  readonly status: () => Pick<SessionStatus, 'agentId' | 'drops' | 'lastPing' | 'lastProbeAtMs'>;
}

/** A ping comes every twenty seconds: not every one is worth a row on the disk. */
const NOTE_EVERY_MS = 60_000;

/**
 * Notes for other processes how a session fares, at once and then once a minute if something is new, until the signal
 * aborts. A note that the store does not take is left to the next.
 */
export async function keepSessionHeartbeat(
  options: SessionHeartbeatOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, holder, log, store, status } = options;
  const sinceMs = clock.nowMs();
  let told = '';
  while (!signal.aborted) {
    const { agentId, ...seen } = status();
    const pings = [seen.lastPing?.atMs, seen.lastProbeAtMs].filter((atMs) => atMs !== undefined);
    const lastPingAtMs = pings.length === 0 ? undefined : Math.max(...pings);
    const drops = Object.values(seen.drops).reduce((sum, count) => sum + count, 0);
    const news = `${lastPingAtMs} ${drops}`;
    if (news !== told) {
      try {
        await store.agentSessions.note({ agentId, holder, sinceMs, lastPingAtMs, drops });
        told = news;
      } catch (error) {
        log.warn({ agentId, error }, 'how the session fares could not be noted; it is tried again');
      }
    }
    await clock.sleep(NOTE_EVERY_MS, signal);
  }
}
