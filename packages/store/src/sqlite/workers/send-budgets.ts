import {
  FRESH_PACE,
  refusedBy,
  takeFrom,
  type Allowance,
  type SendBudget,
  type SendLane,
  type SendPace,
  type SendRate,
  type SendRefusal,
  type TakeRequest,
} from '@agrenting-hiclaw/core/domain';
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { InvariantError } from '../connection/invariant-error.ts';
import { sendBudgets } from '../schema.ts';

/** A lane that nobody took from for so long is full again, and says nothing unless something was learned. */
const STALE_AFTER_MS = 60 * 60_000;

/** `SendBudget` over SQLite: a row for each lane. */
export class SqliteSendBudgets implements SendBudget {
  readonly #connection: Connection;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statements = prepare(connection);
  }

  async take({ lane, within, rank, waiting }: TakeRequest, nowMs: number): Promise<Allowance> {
    for (const { ceiling } of within === undefined ? [lane] : [lane, within]) assertSends(ceiling);
    return await this.#connection.writeLightly(() => {
      const taken = this.#taken(lane, { rank, waiting, nowMs });
      const inner =
        within === undefined || taken.waitMs > 0 ? undefined : this.#taken(within, { rank, nowMs });
      const { everyMs } = taken;
      // What another bound keeps back is not taken from the lane.
      if (inner !== undefined && inner.waitMs > 0) return { waitMs: inner.waitMs, everyMs, bound: 'within' };
      // Asking in vain changes nothing, so it waits for no disk.
      if (taken.after !== taken.before) this.#keep(lane.name, taken.after);
      if (within !== undefined && inner !== undefined) this.#keepWithin(within.name, inner, nowMs);
      return { waitMs: taken.waitMs, everyMs, bound: 'lane' };
    });
  }

  async refused(lane: SendLane, refusal: SendRefusal, nowMs: number): Promise<void> {
    await this.#connection.write(() =>
      this.#keep(lane.name, refusedBy(this.#paceOf(lane.name), lane.ceiling, { ...refusal, nowMs })),
    );
  }

  #taken({ name, ceiling }: SendLane, how: Parameters<typeof takeFrom>[2]) {
    const before = this.#paceOf(name);
    return { before, ...takeFrom(before, ceiling, how) };
  }

  /** One row for each worker that was told something within the last hour. */
  #keepWithin(name: string, { before, after }: { before: SendPace; after: SendPace }, nowMs: number): void {
    if (before === FRESH_PACE) this.#statements.clean.run({ beforeMs: nowMs - STALE_AFTER_MS });
    this.#keep(name, after);
  }

  #paceOf(name: string): SendPace {
    const row = this.#statements.look.get({ name });
    if (row === undefined) return FRESH_PACE;
    const { allowed, perMinute, burst, ...pace } = row;
    const learned = perMinute === null || burst === null ? undefined : { perMinute, burst };
    return { ...pace, allowed: allowed ?? undefined, learned };
  }

  #keep(name: string, { learned, allowed, ...pace }: SendPace): void {
    const { perMinute = null, burst = null } = learned ?? {};
    this.#statements.keep.run({ name, ...pace, allowed: allowed ?? null, perMinute, burst });
  }
}

function assertSends({ perMinute, burst }: SendRate): void {
  if (perMinute > 0 && burst >= 1) return;
  throw new InvariantError(`a rate of ${perMinute} a minute, ${burst} at once, sends nothing`);
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    look: queries
      .select({
        allowed: sendBudgets.allowed,
        atMs: sendBudgets.atMs,
        heldUntilMs: sendBudgets.heldUntilMs,
        perMinute: sendBudgets.perMinute,
        burst: sendBudgets.burst,
        taken: sendBudgets.taken,
        sinceMs: sendBudgets.sinceMs,
        refusedAtMs: sendBudgets.refusedAtMs,
        refusals: sendBudgets.refusals,
        ahead: sendBudgets.ahead,
        assignmentUntilMs: sendBudgets.assignmentUntilMs,
        preparationUntilMs: sendBudgets.preparationUntilMs,
      })
      .from(sendBudgets)
      .where(eq(sendBudgets.name, placeholder('name')))
      .prepare(),
    keep: queries
      .insert(sendBudgets)
      .values({
        name: placeholder('name'),
        allowed: placeholder('allowed'),
        atMs: placeholder('atMs'),
        heldUntilMs: placeholder('heldUntilMs'),
        perMinute: placeholder('perMinute'),
        burst: placeholder('burst'),
        taken: placeholder('taken'),
        sinceMs: placeholder('sinceMs'),
        refusedAtMs: placeholder('refusedAtMs'),
        refusals: placeholder('refusals'),
        ahead: placeholder('ahead'),
        assignmentUntilMs: placeholder('assignmentUntilMs'),
        preparationUntilMs: placeholder('preparationUntilMs'),
      })
      .onConflictDoUpdate({
        target: sendBudgets.name,
        set: {
          allowed: sql`excluded.allowed`,
          atMs: sql`excluded.at_ms`,
          heldUntilMs: sql`excluded.held_until_ms`,
          perMinute: sql`excluded.per_minute`,
          burst: sql`excluded.burst`,
          taken: sql`excluded.taken`,
          sinceMs: sql`excluded.since_ms`,
          refusedAtMs: sql`excluded.refused_at_ms`,
          refusals: sql`excluded.refusals`,
          ahead: sql`excluded.ahead`,
          assignmentUntilMs: sql`excluded.assignment_until_ms`,
          preparationUntilMs: sql`excluded.preparation_until_ms`,
        },
      })
      .prepare(),
    clean: queries
      .delete(sendBudgets)
      .where(and(lt(sendBudgets.atMs, placeholder('beforeMs')), isNull(sendBudgets.perMinute)))
      .prepare(),
  };
}
