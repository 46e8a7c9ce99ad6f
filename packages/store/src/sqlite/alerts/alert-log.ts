import {
  agentIdSchema,
  hiringIdSchema,
  type AlertLog,
  type AlertRules,
  type OfflineAgent,
  type KnownOfflineAgent,
  type LoggedTransition,
  type NewAlert,
  type WaitingAlert,
} from '@agrenting-hiclaw/core/domain';
import { and, asc, desc, eq, gt, sql } from 'drizzle-orm';
import { AlertQueue } from './alert-queue.ts';
import type { Connection } from '../connection/connection.ts';
import { alertPosition, alerts, offlineAgents, hirings, history } from '../schema.ts';
import { alertFromText, offlineReasonSchema } from './stored-alert.ts';
import { attentionCodeSchema, eventSchema, stateSchema } from '../hirings/codecs.ts';

/** `AlertLog` over SQLite. */
export class SqliteAlertLog implements AlertLog {
  readonly #connection: Connection;
  readonly #queue: AlertQueue;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#queue = new AlertQueue(connection);
    this.#statements = prepare(connection);
  }

  async unread(limit: number): Promise<readonly LoggedTransition[]> {
    const position = await this.#connection.read(() => this.#statements.position.get());
    if (position === undefined) {
      await this.#connection.write(() => {
        const sequence = this.#statements.newest.get()?.sequence ?? 0;
        if (this.#statements.position.get() === undefined) this.#statements.moveTo.run({ sequence });
      });
      return [];
    }
    const { sequence } = position;
    const rows = await this.#connection.read(() => this.#statements.unread.all({ sequence, limit }));
    return rows.map((row) => ({
      sequence: row.sequence,
      hiringId: hiringIdSchema.parse(row.hiringId),
      agentId: agentIdSchema.parse(row.agentId),
      attempt: row.attempt,
      atMs: row.atMs,
      from: stateSchema.parse(row.from),
      event: eventSchema.parse(row.event),
      to: stateSchema.parse(row.to),
      cause: row.cause,
      reason: attentionCodeSchema.parse(row.reason) ?? undefined,
    }));
  }

  async keep(found: readonly NewAlert[], rules: AlertRules, nowMs: number, upTo?: number): Promise<void> {
    if (found.length === 0 && !(await this.#connection.read(() => this.#queue.isSumDue(rules, nowMs)))) {
      // Transitions without an alert are looked at again after a loss of power, and nothing comes of it.
      if (upTo !== undefined) await this.#connection.writeLightly(() => this.#advance(upTo));
      return;
    }
    await this.#connection.write(() => {
      if (upTo !== undefined && !this.#advance(upTo)) return;
      this.#queue.turn(rules, nowMs);
      for (const alert of found) this.#queue.put(alert, rules, nowMs);
    });
  }

  async next(sink: string): Promise<WaitingAlert | undefined> {
    const row = await this.#connection.read(() => this.#statements.next.get({ sink }));
    return row === undefined
      ? undefined
      : { sequence: row.sequence, sink, alert: alertFromText(row.content), keptAtMs: row.keptAtMs };
  }

  async sent({ sequence }: WaitingAlert, nowMs: number): Promise<void> {
    await this.#connection.write(() => this.#statements.done.run({ sequence, nowMs }));
  }

  async refused({ sequence }: WaitingAlert): Promise<void> {
    await this.#connection.write(() => this.#statements.refused.run({ sequence }));
  }

  async giveUp(sink: string, keptBeforeMs: number, nowMs: number): Promise<number> {
    const { changes } = await this.#connection.write(() =>
      this.#statements.giveUp.run({ sink, keptBeforeMs, nowMs }),
    );
    return changes;
  }

  async noteOffline(agents: readonly OfflineAgent[], nowMs: number): Promise<void> {
    if (agents.length === 0) return;
    await this.#connection.writeLightly(() => {
      for (const { agent, reason } of agents) this.#statements.noteOffline.run({ agent, reason, nowMs });
    });
  }

  async offlineAgents(): Promise<readonly KnownOfflineAgent[]> {
    const rows = await this.#connection.read(() => this.#statements.offline.all());
    return rows.map(({ agent, reason, sinceMs, seenAtMs, alertedAtMs }) => ({
      agent,
      reason: offlineReasonSchema.parse(reason),
      sinceMs,
      seenAtMs,
      alertedAtMs: alertedAtMs ?? undefined,
    }));
  }

  async alertOffline(agent: string, alert: NewAlert, rules: AlertRules, nowMs: number): Promise<boolean> {
    return await this.#connection.write(() => {
      if (!this.#queue.put(alert, rules, nowMs)) return false;
      this.#statements.alertedOffline.run({ agent, nowMs });
      return true;
    });
  }

  async forgetOffline(
    agent: string,
    alert: NewAlert | undefined,
    rules: AlertRules,
    nowMs: number,
  ): Promise<void> {
    await this.#connection.write(() => {
      if (alert !== undefined) this.#queue.put(alert, rules, nowMs);
      this.#statements.forgetOffline.run({ agent });
    });
  }

  /** False when another process has been there already. */
  #advance(upTo: number): boolean {
    const before = this.#statements.position.get()?.sequence ?? 0;
    if (before >= upTo) return false;
    this.#statements.moveTo.run({ sequence: upTo });
    return true;
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const bySequence = eq(alerts.sequence, placeholder('sequence'));
  const ofAgent = eq(offlineAgents.agent, placeholder('agent'));
  return {
    position: queries
      .select({ sequence: alertPosition.sequence })
      .from(alertPosition)
      .where(eq(alertPosition.id, 1))
      .prepare(),
    moveTo: queries
      .insert(alertPosition)
      .values({ id: 1, sequence: placeholder('sequence') })
      .onConflictDoUpdate({ target: alertPosition.id, set: { sequence: sql`excluded.sequence` } })
      .prepare(),
    newest: queries
      .select({ sequence: history.sequence })
      .from(history)
      .orderBy(desc(history.sequence))
      .limit(1)
      .prepare(),
    unread: queries
      .select({
        sequence: history.sequence,
        hiringId: history.hiringId,
        agentId: hirings.agentId,
        attempt: history.attempt,
        atMs: history.atMs,
        from: history.fromState,
        event: history.event,
        to: history.toState,
        cause: history.cause,
        reason: history.reason,
      })
      .from(history)
      .innerJoin(hirings, eq(hirings.id, history.hiringId))
      .where(gt(history.sequence, placeholder('sequence')))
      .orderBy(asc(history.sequence))
      .limit(placeholder('limit'))
      .prepare(),
    // As in the index, which is only used for these very words.
    next: queries
      .select({ sequence: alerts.sequence, content: alerts.content, keptAtMs: alerts.keptAtMs })
      .from(alerts)
      .where(and(eq(alerts.sink, placeholder('sink')), sql`${alerts.doneAtMs} is null`))
      .orderBy(asc(alerts.refusals), asc(alerts.sequence))
      .limit(1)
      .prepare(),
    done: queries
      .update(alerts)
      .set({ doneAtMs: sql`${placeholder('nowMs')}` })
      .where(bySequence)
      .prepare(),
    refused: queries
      .update(alerts)
      .set({ refusals: sql`${alerts.refusals} + 1` })
      .where(bySequence)
      .prepare(),
    giveUp: queries
      .update(alerts)
      .set({ doneAtMs: sql`${placeholder('nowMs')}` })
      .where(
        sql`${alerts.sink} = ${placeholder('sink')} and ${alerts.doneAtMs} is null and ${alerts.keptAtMs} < ${placeholder('keptBeforeMs')}`,
      )
      .prepare(),
    noteOffline: queries
      .insert(offlineAgents)
      .values({
        agent: placeholder('agent'),
        reason: placeholder('reason'),
        sinceMs: placeholder('nowMs'),
        seenAtMs: placeholder('nowMs'),
      })
      .onConflictDoUpdate({
        target: offlineAgents.agent,
        set: { reason: sql`excluded.reason`, seenAtMs: sql`excluded.seen_at_ms` },
      })
      .prepare(),
    // Few at a time: those that hear are forgotten.
    offline: queries.select().from(offlineAgents).prepare(),
    alertedOffline: queries
      .update(offlineAgents)
      .set({ alertedAtMs: sql`${placeholder('nowMs')}` })
      .where(ofAgent)
      .prepare(),
    forgetOffline: queries.delete(offlineAgents).where(ofAgent).prepare(),
  };
}
