import {
  ENDS,
  hiringIdSchema,
  type AcceptOutcome,
  type AgentId,
  type Hiring,
  type ReceivedDelivery,
  type HiringId,
  type Intake,
  type State,
} from '@agrenting-hiclaw/core/domain';
import { and, eq, inArray, isNotNull, ne, notInArray, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import { spacingOf, isDueAtOnce, wokenDueAtMs } from '../hirings/schedule.ts';
import type { EncryptionKey } from '../connection/encryption-key.ts';
import type { InboxMessages } from './inbox-messages.ts';
import { latestTokenIdentity } from '../hirings/hiring-reader.ts';
import { hirings } from '../schema.ts';
import { hiringToText, stateSchema } from '../hirings/codecs.ts';
import { TokenTraces } from '../hirings/token-traces.ts';

/** The queue of hirings that only a webhook spoke of: agents' other hirings have turns of their own beside it. */
const UNCONFIRMED = 2;

function isUnconfirmed(state: State): boolean {
  return state === 'received' || state === 'rejected';
}

interface Woken {
  readonly notifications: number;
  readonly tokenTraces: string | null;
}

/** Puts one heard item into the tables. For use inside a transaction. */
export class Inbox {
  readonly #key: EncryptionKey;
  readonly #documents: InboxMessages;
  readonly #traces: TokenTraces;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, key: EncryptionKey, documents: InboxMessages) {
    this.#key = key;
    this.#documents = documents;
    this.#traces = new TokenTraces(key);
    this.#statements = prepare(connection);
  }

  /** Keeps the document and wakes its hiring, which it opens when it is not there yet. */
  put(item: ReceivedDelivery, nowMs: number): AcceptOutcome {
    const { parsed } = item;
    if (parsed.kind === 'other') {
      this.#documents.keep(item, undefined, 0);
      return { kind: 'noted' };
    }
    if (parsed.kind === 'malformed') {
      const { hiringId, problem } = parsed;
      const woken = hiringId === undefined ? undefined : this.#wake(hiringId, item.intake, nowMs);
      this.#documents.keep(item, hiringId, woken?.notifications ?? 0);
      return { kind: 'malformed', hiringId, problem };
    }
    const { hiring } = parsed;
    const woken = this.#wake(hiring.hiringId, item.intake, nowMs);
    if (woken === undefined) this.#open(item, hiring, nowMs);
    else this.#renew(item, hiring, woken.tokenTraces);
    const repeated = this.#documents.keep(item, hiring.hiringId, woken?.notifications ?? 0);
    const { hiringId } = hiring;
    return woken === undefined ? { kind: 'new', hiringId } : { kind: 'known', hiringId, repeated };
  }

  /** Wakes the open hirings of an agent that were not read since then, but for those that only a webhook spoke of; gives how many. */
  wakeUnread(agentId: AgentId, readBeforeMs: number, nowMs: number): number {
    const unread = this.#statements.unread.all({ agentId, readBeforeMs });
    for (const { id } of unread) this.#wake(hiringIdSchema.parse(id), 'poll', nowMs);
    return unread.length;
  }

  /** Gives the number of the wake, and what is left of the hiring's tokens; undefined when there is no such hiring. */
  #wake(hiringId: HiringId, intake: Intake, nowMs: number): Woken | undefined {
    const row = this.#statements.look.get({ hiringId });
    if (row === undefined) return undefined;
    const standing = { ...row, state: stateSchema.parse(row.state) };
    this.#statements.wake.run({
      hiringId,
      // The sender of a webhook moves nothing up that no read has confirmed.
      queue: intake === 'webhook' && isUnconfirmed(standing.state) ? UNCONFIRMED : 0,
      // A wake that may wait is no poke: it would make the holder's next look an immediate one.
      requeues: isDueAtOnce(standing.state) ? 1 : 0,
      // While leased it is the lease that decides; the commit sees the count and sets the due time.
      dueAtMs: row.leaseToken === null ? wokenDueAtMs(standing, nowMs, spacingOf(intake)) : row.dueAtMs,
    });
    return { notifications: row.notifications + 1, tokenTraces: row.tokenTraces };
  }

  #open(item: ReceivedDelivery, hiring: Hiring, nowMs: number): void {
    const queue = item.intake === 'webhook' ? UNCONFIRMED : 0;
    this.#statements.open.run({
      ...this.#newest(item, hiring, null),
      receivedAtMs: item.atMs,
      dueAtMs: nowMs,
      queue,
    });
  }

  #renew(item: ReceivedDelivery, hiring: Hiring, tokenTraces: string | null): void {
    this.#statements.renew.run(this.#newest(item, hiring, tokenTraces));
  }

  #newest(item: ReceivedDelivery, hiring: Hiring, tokenTraces: string | null) {
    const { hiringId, repoToken } = hiring;
    // What anybody may have sent pushes out no token that the hirer gave.
    const given = item.intake === 'webhook' ? undefined : repoToken;
    return {
      hiringId,
      agentId: item.agentId,
      intake: item.intake,
      atMs: item.atMs,
      hiring: hiringToText(hiring, this.#traces.read(tokenTraces, hiringId)),
      tokenTraces: this.#traces.withToken(tokenTraces, hiringId, given),
      token:
        repoToken === undefined ? null : this.#key.seal(repoToken.reveal(), latestTokenIdentity(hiringId)),
    };
  }
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const ofHiring = eq(hirings.id, placeholder('hiringId'));
  return {
    look: queries
      .select({
        state: hirings.state,
        dueAtMs: hirings.dueAtMs,
        lastReadAtMs: hirings.lastReadAtMs,
        leaseToken: hirings.leaseToken,
        notifications: hirings.notifications,
        tokenTraces: hirings.tokenTraces,
      })
      .from(hirings)
      .where(ofHiring)
      .prepare(),
    unread: queries
      .select({ id: hirings.id })
      .from(hirings)
      .where(
        and(
          eq(hirings.agentId, placeholder('agentId')),
          // An open hiring always has a due time, and few of the others do.
          isNotNull(hirings.dueAtMs),
          notInArray(hirings.state, [...ENDS]),
          // Those that nobody confirmed have due times of their own, and are not moved before the others by a look at a list without them.
          ne(hirings.waiting, UNCONFIRMED),
          sql`coalesce(${hirings.lastReadAtMs}, -1) < ${placeholder('readBeforeMs')}`,
        ),
      )
      .prepare(),
    wake: queries
      .update(hirings)
      .set({
        notifications: sql`${hirings.notifications} + 1`,
        requeues: sql`${hirings.requeues} + ${placeholder('requeues')}`,
        dueAtMs: sql`${placeholder('dueAtMs')}`,
        waiting: sql`case when ${hirings.latestIntake} = 'webhook' then ${placeholder('queue')} else 0 end`,
      })
      .where(ofHiring)
      .prepare(),
    open: queries
      .insert(hirings)
      .values({
        id: placeholder('hiringId'),
        agentId: placeholder('agentId'),
        state: 'received',
        attempt: 0,
        receivedAtMs: placeholder('receivedAtMs'),
        dueAtMs: placeholder('dueAtMs'),
        waiting: placeholder('queue'),
        notifications: 0,
        notificationsRead: 0,
        requeues: 0,
        latestIntake: placeholder('intake'),
        latestAtMs: placeholder('atMs'),
        latestHiring: placeholder('hiring'),
        latestTokenSealed: placeholder('token'),
        tokenTraces: placeholder('tokenTraces'),
      })
      .prepare(),
    renew: queries
      .update(hirings)
      .set({
        // Until an attempt is open, nothing has shown whose hiring it is; the last to hear it may be right.
        agentId: sql`case when ${hirings.attempt} = 0 then ${placeholder('agentId')} else ${hirings.agentId} end`,
        latestIntake: sql`${placeholder('intake')}`,
        latestAtMs: sql`${placeholder('atMs')}`,
        latestHiring: sql`${placeholder('hiring')}`,
        // The token of one form never stands beside what another says.
        latestTokenSealed: sql`${placeholder('token')}`,
        tokenTraces: sql`${placeholder('tokenTraces')}`,
      })
      // What an authenticated list said of an open hiring is not replaced by what anybody may have sent.
      .where(
        and(
          ofHiring,
          sql`(${placeholder('intake')} <> 'webhook' or ${hirings.latestIntake} = 'webhook'
            or ${inArray(hirings.state, [...ENDS])})`,
        ),
      )
      .prepare(),
  };
}
