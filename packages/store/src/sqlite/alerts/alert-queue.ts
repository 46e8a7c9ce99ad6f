import type { Alert, AlertCounts, AlertRules, NewAlert } from '@agrenting-hiclaw/core/domain';
import { and, eq, lt, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { alertHours, alerts, alertSubjects } from '../schema.ts';
import { alertToText, countsFromText } from './stored-alert.ts';

const HOUR_MS = 3_600_000;
/** What was sent or given up is kept for so long, so that it is not kept a second time. */
const KEEP_DONE_MS = 7 * 24 * HOUR_MS;

type Hour = Readonly<{ sink: string; beganAtMs: number; kept: number; over: AlertCounts }>;

/** The alerts that wait, by the rules: all methods are for use inside a transaction. */
export class AlertQueue {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection) {
    this.#statements = prepare(connection);
  }

  /** Puts it among those that wait, for each place; false when the same was told just before. */
  put(alert: NewAlert, rules: AlertRules, nowMs: number): boolean {
    if (this.#isRepeated(alert, rules)) return false;
    for (const sink of rules.sinks) this.#admit(sink, alert, rules, nowMs);
    return true;
  }

  /** Ends hours that are over: what was too much in them is summed up. Forgets what is no longer of use. */
  turn(rules: AlertRules, nowMs: number): void {
    for (const sink of rules.sinks) this.#hourOf(sink, rules, nowMs);
    this.#statements.forgetDone.run({ beforeMs: nowMs - KEEP_DONE_MS });
    this.#statements.forgetSubjects.run({ beforeMs: nowMs - rules.repeatAfterMs });
  }

  /** True when an hour that is over has something to be summed up. For use in a read. */
  isSumDue({ sinks }: AlertRules, nowMs: number): boolean {
    return sinks.some((sink) => {
      const hour = this.#look(sink);
      return hour !== undefined && isOver(hour, nowMs) && total(hour.over) > 0;
    });
  }

  #isRepeated({ kind, subject, atMs }: NewAlert, { repeatAfterMs }: AlertRules): boolean {
    if (subject === undefined) return false;
    const last = this.#statements.subject.get({ kind, subject });
    // A clock that was set back keeps nothing quiet for longer than usual.
    if (last !== undefined && Math.abs(atMs - last.atMs) < repeatAfterMs) return true;
    this.#statements.noteSubject.run({ kind, subject, atMs });
    return false;
  }

  #admit(sink: string, alert: NewAlert, rules: AlertRules, nowMs: number): void {
    const hour = this.#hourOf(sink, rules, nowMs);
    if (hour.kept < rules.perHour) {
      this.#insert(sink, alert, nowMs);
      this.#keepHour({ ...hour, kept: hour.kept + 1 });
      return;
    }
    const { kind } = alert;
    this.#keepHour({ ...hour, over: { ...hour.over, [kind]: (hour.over[kind] ?? 0) + 1 } });
  }

  /** The present hour of a place, which begins with its first alert after the last one. */
  #hourOf(sink: string, rules: AlertRules, nowMs: number): Hour {
    const hour = this.#look(sink);
    if (hour !== undefined && !isOver(hour, nowMs)) return hour;
    if (hour !== undefined && total(hour.over) > 0) {
      const key = `summary-${hour.beganAtMs}`;
      this.#insert(sink, { key, kind: 'summary', text: rules.summarize(hour.over), atMs: nowMs }, nowMs);
    }
    const fresh = { sink, beganAtMs: nowMs, kept: 0, over: {} };
    this.#keepHour(fresh);
    return fresh;
  }

  #look(sink: string): Hour | undefined {
    const row = this.#statements.hour.get({ sink });
    return row === undefined ? undefined : { ...row, over: countsFromText(row.over) };
  }

  #keepHour(hour: Hour): void {
    this.#statements.keepHour.run({ ...hour, over: JSON.stringify(hour.over) });
  }

  #insert(sink: string, alert: Alert, nowMs: number): void {
    this.#statements.insert.run({ sink, key: alert.key, content: alertToText(alert), nowMs });
  }
}

/** One whose beginning is to come was noted before the clock was set back. */
function isOver({ beganAtMs }: Hour, nowMs: number): boolean {
  return nowMs >= beganAtMs + HOUR_MS || nowMs < beganAtMs - HOUR_MS;
}

function total(counts: AlertCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    subject: queries
      .select({ atMs: alertSubjects.atMs })
      .from(alertSubjects)
      .where(
        and(eq(alertSubjects.kind, placeholder('kind')), eq(alertSubjects.subject, placeholder('subject'))),
      )
      .prepare(),
    noteSubject: queries
      .insert(alertSubjects)
      .values({ kind: placeholder('kind'), subject: placeholder('subject'), atMs: placeholder('atMs') })
      .onConflictDoUpdate({
        target: [alertSubjects.kind, alertSubjects.subject],
        set: { atMs: sql`excluded.at_ms` },
      })
      .prepare(),
    forgetSubjects: queries
      .delete(alertSubjects)
      .where(lt(alertSubjects.atMs, placeholder('beforeMs')))
      .prepare(),
    hour: queries
      .select()
      .from(alertHours)
      .where(eq(alertHours.sink, placeholder('sink')))
      .prepare(),
    keepHour: queries
      .insert(alertHours)
      .values({
        sink: placeholder('sink'),
        beganAtMs: placeholder('beganAtMs'),
        kept: placeholder('kept'),
        over: placeholder('over'),
      })
      .onConflictDoUpdate({
        target: alertHours.sink,
        set: { beganAtMs: sql`excluded.began_at_ms`, kept: sql`excluded.kept`, over: sql`excluded.over` },
      })
      .prepare(),
    insert: queries
      .insert(alerts)
      .values({
        sink: placeholder('sink'),
        key: placeholder('key'),
        content: placeholder('content'),
        keptAtMs: placeholder('nowMs'),
      })
      .onConflictDoNothing()
      .prepare(),
    forgetDone: queries
      .delete(alerts)
      .where(sql`${alerts.doneAtMs} is not null and ${alerts.doneAtMs} < ${placeholder('beforeMs')}`)
      .prepare(),
  };
}
