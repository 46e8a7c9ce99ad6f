import { RETENTION_LEASE, type Store } from '@agrenting-hiclaw/core/domain';
import { systemClock } from '@agrenting-hiclaw/runtime';

/**
 * Whether any process of the adapter works on a store: each takes part in keeping one lease, whatever app it is. One that was
 * killed counts until its lease has run out.
 */
export async function isAdapterRunning({ leases }: Pick<Store, 'leases'>): Promise<boolean> {
  return await leases.held(RETENTION_LEASE, systemClock.nowMs());
}
