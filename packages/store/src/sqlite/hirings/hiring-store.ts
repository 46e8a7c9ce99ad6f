import {
  ENDS,
  type AcceptOutcome,
  type AgentId,
  type QueueStats,
  type Claim,
  type ClaimRequest,
  type ReceivedDelivery,
  type HiringId,
  type HiringRecord,
  type HiringStore,
  type Transition,
  type State,
  type StepCommit,
  type WorkerTask,
  type DeliveryForm,
  type MalformedDelivery,
  type IgnoredDelivery,
} from '@agrenting-hiclaw/core/domain';
import { and, asc, count, eq, lt, notInArray, sql } from 'drizzle-orm';
import { AcceptQueue } from '../inbox/accept-queue.ts';
import { AttemptRoomRows } from '../workers/attempt-room-rows.ts';
import { AttemptRows } from './attempt-rows.ts';
import type { ChangeNotifier } from '../connection/change-notifier.ts';
import { Claims, type OnUnreadable } from './claims.ts';
import type { Connection } from '../connection/connection.ts';
import type { EncryptionKey } from '../connection/encryption-key.ts';
import { EvidenceRows, transitionOf } from './evidence.ts';
import { InboxMessages } from '../inbox/inbox-messages.ts';
import type { FarAhead } from '../leases/far-ahead.ts';
import { Inbox } from '../inbox/inbox.ts';
import { LateAssignments } from './late-assignments.ts';
import { Listing } from './hiring-search.ts';
import { Operator } from './operator-steps.ts';
import { SqlitePauses } from './agent-pauses.ts';
import { HiringReader } from './hiring-reader.ts';
import { history, hirings } from '../schema.ts';
import { StepCommitter } from './commit-step.ts';
import { TokenTraces } from './token-traces.ts';
import { WorkerSlots } from '../workers/worker-slots.ts';

interface Parts {
  readonly connection: Connection;
  readonly key: EncryptionKey;
  readonly changes: ChangeNotifier;
  readonly nowMs: () => number;
  readonly onUnreadable: OnUnreadable;
  /** Names this process where an operator holds a hiring. */
  readonly holder: string;
  readonly farAhead: FarAhead;
}

/** `HiringStore` over SQLite. */
export class SqliteHiringStore implements HiringStore {
  readonly #connection: Connection;
  readonly #changes: ChangeNotifier;
  readonly #nowMs: () => number;
  readonly operator: Operator;
  readonly pauses: SqlitePauses;
  readonly listing: Listing;
  readonly evidence: EvidenceRows;
  readonly #records: HiringReader;
  readonly #documents: InboxMessages;
  readonly #inbox: Inbox;
  readonly #accepting: AcceptQueue;
  readonly #claims: Claims;
  readonly #steps: StepCommitter;
  readonly #places: WorkerSlots;
  readonly #late: LateAssignments;
  readonly #statements: ReturnType<typeof prepare>;

  constructor({ connection, key, changes, nowMs, onUnreadable, holder, farAhead }: Parts) {
    this.#connection = connection;
    this.#changes = changes;
    this.#nowMs = nowMs;
    this.#records = new HiringReader(connection, key);
    this.#documents = new InboxMessages(connection, key);
    this.#places = new WorkerSlots(connection);
    this.#late = new LateAssignments(connection);
    this.#claims = new Claims(connection, this.#records, farAhead, onUnreadable);
    this.#steps = new StepCommitter(
      connection,
      new AttemptRows(connection, key),
      this.#documents,
      this.#places,
      new AttemptRoomRows(connection),
      new TokenTraces(key),
      this.#late,
    );
    this.pauses = new SqlitePauses(connection);
    this.listing = new Listing(connection, this.#records);
    this.operator = new Operator(connection, this.#records, this.#steps, holder);
    this.evidence = new EvidenceRows(connection, key, this.#records, this.#documents);
    this.#inbox = new Inbox(connection, key, this.#documents);
    this.#accepting = new AcceptQueue(connection, (item) => this.#inbox.put(item, nowMs()));
    this.#statements = prepare(connection);
  }

  async accept(received: readonly ReceivedDelivery[]): Promise<readonly AcceptOutcome[]> {
    const outcomes = await this.#accepting.add(received);
    this.#changes.announce();
    return outcomes;
  }

  async wakeUnread(agentId: AgentId, readBeforeMs: number): Promise<number> {
    const woken = await this.#connection.write(() =>
      this.#inbox.wakeUnread(agentId, readBeforeMs, this.#nowMs()),
    );
    this.#changes.announce();
    return woken;
  }

  async claim(request: ClaimRequest): Promise<readonly Claim[]> {
    return await this.#claims.claim(request);
  }

  async renew(claim: Claim, nowMs: number, leaseMs: number): Promise<boolean> {
    return await this.#claims.renew(claim, nowMs, leaseMs);
  }

  async release(claim: Claim): Promise<void> {
    await this.#claims.release(claim, this.#nowMs());
    this.#changes.announce();
  }

  async commit(claim: Claim, step: StepCommit, nowMs: number): Promise<'committed' | 'lost'> {
    const outcome = await this.#steps.commit(claim, step, nowMs);
    this.#changes.announce();
    return outcome;
  }

  async noteLate(task: WorkerTask, nowMs: number): Promise<void> {
    await this.#connection.write(() => this.#late.note(task, nowMs));
    this.#changes.announce();
  }

  async reserveWorker(claim: Claim, workerName: string, limit: number): Promise<boolean> {
    const { record, token } = claim;
    const { hiringId, attempt } = record;
    if (attempt === undefined) return false;
    const reserved = await this.#connection.write(() => {
      const held = this.#statements.held.get({ hiringId, token });
      if (held === undefined) return false;
      const name = { hiringId, number: attempt.number };
      const slotHeld = this.#places.reserve(name, workerName, limit, this.#nowMs());
      this.#statements.wait.run({ hiringId, waiting: slotHeld ? 0 : 1 });
      return slotHeld;
    });
    this.#changes.announce();
    return reserved;
  }

  async isPaused(agentId: AgentId, hiringId: HiringId, attempt: number): Promise<boolean> {
    return await this.pauses.coversAttempt(agentId, hiringId, attempt);
  }

  async nextDueAtMs(): Promise<number | undefined> {
    return await this.#claims.nextDueAtMs();
  }

  onChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }

  async find(hiringId: HiringId): Promise<HiringRecord | undefined> {
    const rows = await this.#connection.read(() => this.#records.rowsOf(hiringId));
    return rows === undefined ? undefined : this.#records.toRecord(rows, this.#nowMs());
  }

  async history(hiringId: HiringId): Promise<readonly Transition[]> {
    const rows = await this.#connection.read(() => this.#statements.history.all({ hiringId }));
    return rows.map((row) => transitionOf(row));
  }

  async queueStats(nowMs: number, graceMs: number): Promise<QueueStats> {
    const counts = await this.#connection.read(() => this.#statements.byState.all());
    const overdue = await this.#connection.read(() =>
      this.#statements.overdue.get({ beforeMs: nowMs - graceMs }),
    );
    const byState = new Map(counts.map((row) => [row.state, row.count]));
    const of = (state: State): number => byState.get(state) ?? 0;
    return {
      byState: {
        received: of('received'),
        confirmed: of('confirmed'),
        staged: of('staged'),
        sent: of('sent'),
        acknowledged: of('acknowledged'),
        submitted: of('submitted'),
        settling: of('settling'),
        attention: of('attention'),
        completed: of('completed'),
        failed: of('failed'),
        cancelled: of('cancelled'),
        rejected: of('rejected'),
      },
      overdue: overdue?.count ?? 0,
    };
  }

  /** The newest documents that no hiring could be read from, for the operator. */
  async malformedDeliveries(limit: number): Promise<readonly MalformedDelivery[]> {
    return await this.#connection.read(() => this.#documents.malformedDeliveries(limit));
  }

  /** Every form in which a hiring was heard, the first before the others. */
  async deliveriesOf(hiringId: HiringId): Promise<readonly DeliveryForm[]> {
    return await this.#connection.read(() => this.#documents.of(hiringId));
  }

  /** The newest documents that were meant to be no hiring, for the operator. */
  async ignoredDeliveries(limit: number): Promise<readonly IgnoredDelivery[]> {
    return await this.#connection.read(() => this.#documents.ignoredDeliveries(limit));
  }

  /** Takes nothing more in, and resolves when what was given to `accept` so far is answered. */
  async close(): Promise<void> {
    await this.#accepting.close();
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  return {
    held: queries
      .select({ id: hirings.id })
      .from(hirings)
      .where(and(eq(hirings.id, placeholder('hiringId')), eq(hirings.leaseToken, placeholder('token'))))
      .prepare(),
    wait: queries
      .update(hirings)
      .set({ waiting: sql`${placeholder('waiting')}` })
      .where(eq(hirings.id, placeholder('hiringId')))
      .prepare(),
    history: queries
      .select()
      .from(history)
      .where(eq(history.hiringId, placeholder('hiringId')))
      .orderBy(asc(history.sequence))
      .prepare(),
    byState: queries
      .select({ state: hirings.state, count: count() })
      .from(hirings)
      .groupBy(hirings.state)
      .prepare(),
    overdue: queries
      .select({ count: count() })
      .from(hirings)
      .where(and(lt(hirings.dueAtMs, placeholder('beforeMs')), notInArray(hirings.state, [...ENDS])))
      .prepare(),
  };
}
