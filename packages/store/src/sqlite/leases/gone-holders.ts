import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { hirings, leases } from '../schema.ts';

/** Frees what processes held that are gone: nobody has to wait until it runs out. */
export class GoneHolders {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  /** Frees every lease and every hiring of the holders that are gone; the hirings are due at once. Gives how many there were. */
  async free(isGone: (holder: string) => boolean, nowMs: number): Promise<number> {
    const holders = await this.#connection.read(() => [
      ...this.#statements.ofLeases.all(),
      ...this.#statements.ofHirings.all(),
    ]);
    const names = new Set(holders.flatMap(({ holder }) => holder ?? []));
    const gone = [...names].filter((holder) => isGone(holder));
    if (gone.length === 0) return 0;
    return await this.#connection.write(() => {
      let freed = 0;
      for (const holder of gone) {
        freed += this.#statements.freeLeases.run({ holder }).changes;
        // What it did after all finds its token gone, and is lost like that of anybody who was too late.
        freed += this.#statements.freeHirings.run({ holder, nowMs }).changes;
      }
      return freed;
    });
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    ofLeases: queries.selectDistinct({ holder: leases.holder }).from(leases).prepare(),
    // A leased hiring has a due time, and there is an index of those.
    ofHirings: queries
      .selectDistinct({ holder: hirings.leaseHolder })
      .from(hirings)
      .where(and(isNotNull(hirings.dueAtMs), isNotNull(hirings.leaseToken)))
      .prepare(),
    freeLeases: queries
      .delete(leases)
      .where(eq(leases.holder, placeholder('holder')))
      .prepare(),
    freeHirings: queries
      .update(hirings)
      .set({ leaseToken: null, leaseHolder: null, dueAtMs: sql`${placeholder('nowMs')}` })
      .where(
        and(
          isNotNull(hirings.dueAtMs),
          isNotNull(hirings.leaseToken),
          eq(hirings.leaseHolder, placeholder('holder')),
        ),
      )
      .prepare(),
  };
}
