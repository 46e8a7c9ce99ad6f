import { isGone } from '@agrenting-hiclaw/runtime';
import type { IntakeParts } from './intake.ts';

/**
 * Frees at the start what processes of this machine held that were killed, and cuts what a clock that was ahead left: an
 * agent without its session is offline, and the marketplace refunds what it asks for meanwhile. Never rejects: without it,
 * everything runs out by itself.
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
    if (freed > 0) log.info({ freed }, 'freed what a process that was killed here held');
    if (cut > 0) log.warn({ cut }, 'the clock was set back: what lay too far ahead was cut');
  } catch (error) {
    log.warn({ error }, 'what killed processes held could not be freed: it runs out by itself');
  }
}
