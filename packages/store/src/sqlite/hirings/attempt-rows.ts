import {
  isEnd,
  type AttemptMarker,
  type AttemptProgress,
  type Hiring,
  type HiringId,
  type HiringRecord,
  type Settlement,
  type State,
  type StepCommit,
  type TaskId,
} from '@agrenting-hiclaw/core/domain';
import { and, eq, sql } from 'drizzle-orm';
import type { Connection } from '../connection/connection.ts';
import type { EncryptionKey } from '../connection/encryption-key.ts';
import { InvariantError } from '../connection/invariant-error.ts';
import { attemptTokenIdentity } from './hiring-reader.ts';
import { attempts, settlements } from '../schema.ts';
import { hiringToText, progressToText } from './codecs.ts';
import type { AttemptName } from '../workers/worker-slots.ts';

/** Attempts and their settlements in the tables. Every method is for use inside a transaction. */
export class AttemptRows {
  readonly #key: EncryptionKey;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(connection: Connection, key: EncryptionKey) {
    this.#key = key;
    this.#statements = prepare(connection);
  }

  open(
    { hiringId, receivedAtMs, formerTokens }: HiringRecord,
    state: State,
    { number, taskId, marker, hiring }: NonNullable<StepCommit['open']>,
    progress: AttemptProgress,
    nowMs: number,
  ): void {
    this.#statements.open.run({
      hiringId,
      number,
      taskId,
      state,
      hiring: hiringToText(hiring, formerTokens),
      token: this.#sealToken(hiringId, number, hiring),
      openedAtMs: nowMs,
      receivedAtMs,
      ...markerColumns(marker),
      ...progressColumns(progress),
    });
  }

  remember(attempt: AttemptName, progress: AttemptProgress): void {
    this.#statements.remember.run({ ...attempt, ...progressColumns(progress) });
  }

  /** The attempt has another task folder from now on. */
  rename(attempt: AttemptName, taskId: TaskId): void {
    this.#statements.rename.run({ ...attempt, taskId });
  }

  mark(attempt: AttemptName, marker: AttemptMarker): void {
    this.#statements.mark.run({ ...attempt, ...markerColumns(marker) });
  }

  /** An end takes the repository token with it. */
  transition(attempt: AttemptName, state: State): void {
    this.#statements.transition.run({ ...attempt, state, keepToken: isEnd(state) ? 0 : 1 });
  }

  /** Stores a new generation, or notes what became of sending it. What is to be sent never changes. */
  settle(attempt: AttemptName, settlement: Settlement): void {
    const { generation, endpoint, idempotencyKey, body, unknownSends } = settlement;
    const present = this.#statements.settlement.get({ ...attempt, generation });
    if (present === undefined) {
      this.#statements.settle.run({ ...attempt, generation, endpoint, idempotencyKey, body, unknownSends });
      this.#statements.generation.run({ ...attempt, generation });
      return;
    }
    const same =
      present.endpoint === endpoint && present.idempotencyKey === idempotencyKey && present.body === body;
    if (!same) {
      throw new InvariantError(
        `settlement ${generation} of hiring ${attempt.hiringId}, attempt ${attempt.number}, would be changed`,
      );
    }
    this.#statements.sent.run({ ...attempt, generation, unknownSends });
  }

  #sealToken(hiringId: HiringId, number: number, { repoToken }: Hiring): Buffer | null {
    if (repoToken === undefined) return null;
    return this.#key.seal(repoToken.reveal(), attemptTokenIdentity(hiringId, number));
  }
}

function markerColumns({ traceAttempt, dispatchId }: AttemptMarker) {
  return { traceAttempt: traceAttempt ?? null, dispatchId: dispatchId ?? null };
}

function progressColumns(progress: AttemptProgress) {
  return {
    progress: progressToText(progress),
    roomId: progress.worker?.roomId ?? null,
    userId: progress.worker?.userId ?? null,
  };
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const named = and(
    eq(attempts.hiringId, placeholder('hiringId')),
    eq(attempts.number, placeholder('number')),
  );
  const generation = and(
    eq(settlements.hiringId, placeholder('hiringId')),
    eq(settlements.attempt, placeholder('number')),
    eq(settlements.generation, placeholder('generation')),
  );
  return {
    open: queries
      .insert(attempts)
      .values({
        hiringId: placeholder('hiringId'),
        number: placeholder('number'),
        taskId: placeholder('taskId'),
        state: placeholder('state'),
        traceAttempt: placeholder('traceAttempt'),
        dispatchId: placeholder('dispatchId'),
        hiring: placeholder('hiring'),
        tokenSealed: placeholder('token'),
        openedAtMs: placeholder('openedAtMs'),
        receivedAtMs: placeholder('receivedAtMs'),
        progress: placeholder('progress'),
        roomId: placeholder('roomId'),
        userId: placeholder('userId'),
        generation: 0,
        slotHeld: false,
      })
      .prepare(),
    remember: queries
      .update(attempts)
      .set({
        progress: sql`${placeholder('progress')}`,
        roomId: sql`${placeholder('roomId')}`,
        userId: sql`${placeholder('userId')}`,
      })
      .where(named)
      .prepare(),
    rename: queries
      .update(attempts)
      .set({ taskId: sql`${placeholder('taskId')}` })
      .where(named)
      .prepare(),
    mark: queries
      .update(attempts)
      .set({
        traceAttempt: sql`${placeholder('traceAttempt')}`,
        dispatchId: sql`${placeholder('dispatchId')}`,
      })
      .where(named)
      .prepare(),
    transition: queries
      .update(attempts)
      .set({
        state: sql`${placeholder('state')}`,
        tokenSealed: sql`case when ${placeholder('keepToken')} then ${attempts.tokenSealed} end`,
      })
      .where(named)
      .prepare(),
    settlement: queries.select().from(settlements).where(generation).prepare(),
    settle: queries
      .insert(settlements)
      .values({
        hiringId: placeholder('hiringId'),
        attempt: placeholder('number'),
        generation: placeholder('generation'),
        endpoint: placeholder('endpoint'),
        idempotencyKey: placeholder('idempotencyKey'),
        body: placeholder('body'),
        unknownSends: placeholder('unknownSends'),
      })
      .prepare(),
    generation: queries
      .update(attempts)
      .set({ generation: sql`max(${attempts.generation}, ${placeholder('generation')})` })
      .where(named)
      .prepare(),
    sent: queries
      .update(settlements)
      .set({ unknownSends: sql`${placeholder('unknownSends')}` })
      .where(generation)
      .prepare(),
  };
}
