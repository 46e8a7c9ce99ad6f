import { eq, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { hirings } from '../schema.ts';

/**
 * Makes a hiring due now. One that is leased stays with its holder, whose commit sees the count and
 * makes it due at once.
 */
export function prepareRequeue({ queries }: Connection) {
  return queries
    .update(hirings)
    .set({
      requeues: sql`${hirings.requeues} + 1`,
      waiting: 0,
      dueAtMs: sql`case when ${hirings.leaseToken} is null then ${sql.placeholder('nowMs')} else ${hirings.dueAtMs} end`,
    })
    .where(eq(hirings.id, sql.placeholder('hiringId')))
    .prepare();
}
