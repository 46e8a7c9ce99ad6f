import { isGone } from '@agrenting-hiclaw/runtime';
import type { IntakeParts } from './intake.ts';

/**
 * Frees at the start what processes of this machine held that were killed, and cuts what a clock that was ahead left: an
 * agent without its session is offline, and the marketplace refunds what it asks for meanwhile. Never rejects: without it,
 * everything expires on its own.
 */
export async function takeOver({
  store,
  leaseMs,
  log,
}: Pick<IntakeParts, 'leaseMs' | 'log'> & {
  readonly store: Pick<IntakeParts['store'], 'freeGone' | 'cutFarAhead'>;
}): Promise<void> {
  try {
    const freed = await store.freeGone(isGone);
    const cut = await store.cutFarAhead(leaseMs);
    if (freed > 0) log.info({ freed }, 'released the leases of a process that was killed');
    if (cut > 0) log.warn({ cut }, 'the clock was set back: times too far in the future were cut');
  } catch (error) {
    log.warn({ error }, 'leases of killed processes could not be released: they expire on their own');
  }
}
