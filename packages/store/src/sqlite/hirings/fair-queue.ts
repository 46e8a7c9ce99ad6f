import { and, count, eq, gt, isNotNull, lte, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { hirings } from '../schema.ts';

/** With fewer due than this, all of them are looked at; it bounds what a claim reads when little is due. */
const FEW = 64;
/** A claim looks at this many queues at most; the next one goes on behind them. */
const MAX_QUEUES_PER_CLAIM = 64;

/**
 * The due hirings of one agent. Those that only wait for a worker's place are a queue of their own, so
 * that thousands of them do not keep the agent's others, which may be for another worker, waiting; so are those that only a
 * webhook spoke of, because anybody may have sent it.
 */
interface Queue {
  readonly agentId: string;
  /** 0, 1 or 2, as in the table. */
  readonly waiting: number;
}

const BEFORE_ALL: Queue = { agentId: '', waiting: 0 };

/**
 * Says whose turn it is: every agent in turn, so that one with thousands of due hirings does not starve
 * the others. Within a queue the longest overdue comes first.
 */
export class FairQueue {
  readonly #statements: ReturnType<typeof prepare>;
  /** Who had the last turn. Each process goes round on its own. */
  #last = BEFORE_ALL;

  constructor(connection: Connection) {
    this.#statements = prepare(connection);
  }

  /** The ids of at most `limit` due hirings. For use inside a transaction. */
  pick(nowMs: number, limit: number): readonly string[] {
    const few = Math.max(FEW, limit + 1);
    const due = this.#statements.count.get({ nowMs, limit: few })?.due ?? 0;
    if (due <= limit) return this.#oldest(nowMs, limit).map(({ hiringId }) => hiringId);

    const queues =
      due < few ? this.#queuesOf(this.#oldest(nowMs, few), limit) : this.#queuesFromHere(nowMs, limit);
    const picked = this.#pickFrom(queues, nowMs, limit);
    if (picked.size === limit) return [...picked];
    // The queues that were looked at did not have enough.
    const rest = this.#oldest(nowMs, few)
      .map(({ hiringId }) => hiringId)
      .filter((hiringId) => !picked.has(hiringId));
    return [...picked, ...rest].slice(0, limit);
  }

  #oldest(nowMs: number, limit: number) {
    return this.#statements.oldest.all({ nowMs, limit });
  }

  /** One of each queue, then a second of each, and so on. */
  #pickFrom(queues: readonly Queue[], nowMs: number, limit: number): ReadonlySet<string> {
    const share = Math.ceil(limit / Math.max(1, queues.length));
    const rows = queues.flatMap((queue) =>
      this.#statements.ofQueue
        .all({ ...queue, nowMs, limit: share })
        .map(({ hiringId }, round) => ({ hiringId, round })),
    );
    const picked = rows.toSorted((one, other) => one.round - other.round).slice(0, limit);
    return new Set(picked.map(({ hiringId }) => hiringId));
  }

  /** The queues of these, at most `limit`, from the one behind the last turn on. */
  #queuesOf(due: readonly Queue[], limit: number): readonly Queue[] {
    const queues = inTurn(distinct(due), this.#last).slice(0, limit);
    this.#last = queues.at(-1) ?? BEFORE_ALL;
    return queues;
  }

  /** Queues with something due, at most `limit`, from the one behind the last turn on. */
  #queuesFromHere(nowMs: number, limit: number): readonly Queue[] {
    const start = this.#last;
    const found: Queue[] = [];
    let at = start;
    let wrapped = false;
    for (let looked = 0; looked < MAX_QUEUES_PER_CLAIM && found.length < limit; looked += 1) {
      const next = this.#nextQueue(at);
      if (next === undefined) {
        if (wrapped) break;
        wrapped = true;
        at = BEFORE_ALL;
        continue;
      }
      at = { agentId: next.agentId, waiting: next.waiting };
      if (wrapped && compare(at, start) > 0) break;
      if (next.dueAtMs !== null && next.dueAtMs <= nowMs) found.push(at);
    }
    // Also when nothing was due so far: the next claim goes on behind it.
    this.#last = at;
    return found;
  }

  /** With the due time of its first. Two seeks, because one over both columns reads the whole queue. */
  #nextQueue(at: Queue): (Queue & { readonly dueAtMs: number | null }) | undefined {
    return this.#statements.nextOfAgent.get({ ...at }) ?? this.#statements.nextAgent.get({ ...at });
  }
}

function compare(one: Queue, other: Queue): number {
  if (one.agentId !== other.agentId) return one.agentId < other.agentId ? -1 : 1;
  return one.waiting - other.waiting;
}

function distinct(queues: readonly Queue[]): readonly Queue[] {
  const byName = new Map(
    queues.map(({ agentId, waiting }) => [`${agentId} ${waiting}`, { agentId, waiting }]),
  );
  return [...byName.values()].toSorted((one, other) => compare(one, other));
}

/** The queues from the one behind `last` on. */
function inTurn(queues: readonly Queue[], last: Queue): readonly Queue[] {
  const behind = queues.filter((queue) => compare(queue, last) > 0);
  return [...behind, ...queues.filter((queue) => compare(queue, last) <= 0)];
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const head = { agentId: hirings.agentId, waiting: hirings.waiting, dueAtMs: hirings.dueAtMs };
  const due = lte(hirings.dueAtMs, placeholder('nowMs'));
  const bounded = queries
    .select({ one: sql<number>`1`.as('one') })
    .from(hirings)
    .where(due)
    .limit(placeholder('limit'))
    .as('bounded');
  return {
    count: queries.select({ due: count() }).from(bounded).prepare(),
    oldest: queries
      .select({ hiringId: hirings.id, agentId: hirings.agentId, waiting: hirings.waiting })
      .from(hirings)
      .where(due)
      .orderBy(hirings.dueAtMs)
      .limit(placeholder('limit'))
      .prepare(),
    nextOfAgent: queries
      .select(head)
      .from(hirings)
      .where(
        and(
          isNotNull(hirings.dueAtMs),
          eq(hirings.agentId, placeholder('agentId')),
          gt(hirings.waiting, placeholder('waiting')),
        ),
      )
      .orderBy(hirings.waiting, hirings.dueAtMs)
      .limit(1)
      .prepare(),
    nextAgent: queries
      .select(head)
      .from(hirings)
      .where(and(isNotNull(hirings.dueAtMs), gt(hirings.agentId, placeholder('agentId'))))
      .orderBy(hirings.agentId, hirings.waiting, hirings.dueAtMs)
      .limit(1)
      .prepare(),
    ofQueue: queries
      .select({ hiringId: hirings.id })
      .from(hirings)
      .where(
        and(eq(hirings.agentId, placeholder('agentId')), eq(hirings.waiting, placeholder('waiting')), due),
      )
      .orderBy(hirings.dueAtMs)
      .limit(placeholder('limit'))
      .prepare(),
  };
}
