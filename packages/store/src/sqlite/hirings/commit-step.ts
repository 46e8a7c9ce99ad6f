import {
  FRESH_PROGRESS,
  isEnd,
  nextEndedRereadAtMs,
  standingAtEnd,
  UNNAMED_AGENT,
  unreadHiring,
  type Claim,
  type HiringRecord,
  type MoneyEvent,
  type State,
  type StepCommit,
  type AttentionCode,
} from '@agrenting-hiclaw/core/domain';
import { eq, sql } from 'drizzle-orm';
import type { AttemptRows } from './attempt-rows.ts';
import type { Connection } from '../connection/connection.ts';
import { REREAD_SPACING_MS, wokenDueAtMs } from './schedule.ts';
import type { AttemptRoomRows } from '../workers/attempt-room-rows.ts';
import type { InboxMessages } from '../inbox/inbox-messages.ts';
import type { LateAssignments } from './late-assignments.ts';
import { planTransitions, type Plan, type PlannedTransition } from './transitions.ts';
import { history, hirings } from '../schema.ts';
import { attentionToText, hiringToText, lateFromText, failureToText } from './codecs.ts';
import type { TokenTraces } from './token-traces.ts';
import type { WorkerSlots } from '../workers/worker-slots.ts';

/** Commits the outcome of steps. */
export class StepCommitter {
  readonly #connection: Connection;
  readonly #attempts: AttemptRows;
  readonly #documents: InboxMessages;
  readonly #places: WorkerSlots;
  readonly #rooms: AttemptRoomRows;
  readonly #traces: TokenTraces;
  readonly #late: LateAssignments;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(
    connection: Connection,
    attempts: AttemptRows,
    documents: InboxMessages,
    places: WorkerSlots,
    rooms: AttemptRoomRows,
    traces: TokenTraces,
    late: LateAssignments,
  ) {
    this.#connection = connection;
    this.#attempts = attempts;
    this.#documents = documents;
    this.#places = places;
    this.#rooms = rooms;
    this.#traces = traces;
    this.#late = late;
    this.#statements = prepare(connection);
  }

  /** Everything of a step or, when the lease was lost, nothing of it. */
  async commit(claim: Claim, step: StepCommit, nowMs: number): Promise<'committed' | 'lost'> {
    const plan = planTransitions(claim.record, step);
    return await this.#connection.write(() => this.#commit(claim, step, plan, nowMs));
  }

  /** The same, for use inside a transaction. */
  commitInside(claim: Claim, step: StepCommit, nowMs: number): 'committed' | 'lost' {
    return this.#commit(claim, step, planTransitions(claim.record, step), nowMs);
  }

  #commit(claim: Claim, step: StepCommit, plan: Plan, nowMs: number): 'committed' | 'lost' {
    const held = this.#held(claim);
    if (held === undefined) return 'lost';
    this.#write(claim, step, plan, nowMs);
    this.#moveHiring(claim, step, plan, held, nowMs);
    return 'committed';
  }

  /** The counts of the hiring while the claim holds it; undefined when it was lost. */
  #held({ record, token }: Claim): Held | undefined {
    const row = this.#statements.look.get({ hiringId: record.hiringId });
    const same =
      row?.leaseToken === token &&
      row.state === record.state &&
      row.attempt === (record.attempt?.number ?? 0);
    return same ? row : undefined;
  }

  #write({ record, notifications }: Claim, step: StepCommit, plan: Plan, nowMs: number): void {
    const { hiringId } = record;
    if (step.open !== undefined) {
      this.#attempts.open(record, plan.state, step.open, step.progress ?? FRESH_PROGRESS, nowMs);
    }
    const name = { hiringId, number: plan.attempt };
    if (plan.attempt > 0) {
      if (step.open === undefined && step.progress !== undefined)
        this.#attempts.remember(name, step.progress);
      if (step.progress !== undefined) this.#rooms.note(name, step.progress.room, nowMs);
      if (step.taskId !== undefined) this.#attempts.rename(name, step.taskId);
      if (step.marker !== undefined) this.#attempts.mark(name, step.marker);
    }
    if (step.settlement !== undefined) this.#attempts.settle(name, step.settlement);
    if (step.takenBack !== undefined) this.#late.forget(hiringId, step.takenBack);
    for (const transition of plan.transitions) {
      const reason = transition.to === 'attention' ? reasonOf(step) : null;
      const noted = { ...transition, hiringId, atMs: nowMs, cause: step.cause, reason };
      this.#statements.note.run({ ...noted, ...paidBy(transition, record, step) });
      const transitioned = { hiringId, number: transition.attempt };
      this.#attempts.transition(transitioned, transition.to);
      this.#places.transitioned(transitioned, transition.to, nowMs);
      if (isEnd(transition.to)) this.#rooms.note(transitioned, undefined, nowMs);
    }
    this.#noteMoney(record, step, plan, nowMs);
    if (leavesNothingToRead(step, plan)) this.#documents.erase(hiringId, notifications);
  }

  #noteMoney(record: HiringRecord, { money, cause }: StepCommit, { state }: Plan, nowMs: number): void {
    if (money?.event === undefined) return;
    this.#statements.note.run(moneyNote(record, state, money.event, cause, nowMs));
  }

  #moveHiring(claim: Claim, step: StepCommit, plan: Plan, held: Held, nowMs: number): void {
    const { hiringId, attention, state } = claim.record;
    // What opens an attempt is a read of the hiring.
    const read = step.reread === true || step.open !== undefined;
    const notificationsRead = read ? claim.notifications : held.notificationsRead;
    const lastReadAtMs = read ? nowMs : held.lastReadAtMs;
    const kept = plan.state === 'attention' && state === 'attention' ? attention : undefined;
    const isForgotten =
      plan.state === 'rejected' &&
      leavesNothingToRead(step, plan) &&
      held.notifications === claim.notifications;
    const why = plan.attempt > 0 ? undefined : (step.attention ?? kept);
    this.#statements.transition.run({
      hiringId,
      // One that was heard without an agent has it from the read that opens its attempt.
      agentId: claim.record.agentId === UNNAMED_AGENT ? (step.open?.hiring.agentId ?? null) : null,
      state: plan.state,
      attempt: plan.attempt,
      attention: why === undefined ? null : attentionToText(why),
      lastFailure: step.lastFailure === undefined ? null : failureToText(step.lastFailure),
      notificationsRead,
      lastReadAtMs,
      dueAtMs: dueAfter(claim, step, plan, { ...held, notificationsRead, lastReadAtMs }, nowMs),
      // Once it moved, it waits for nobody's place.
      keepWaiting: plan.transitions.length === 0 ? 1 : 0,
      // A form that was heard during the step waits for the next look.
      keepToken: leavesNothingToRead(step, plan) && held.notifications === claim.notifications ? 0 : 1,
      // Nobody bought it, so nothing of what its sender wrote is kept but its id and times.
      latestHiring: isForgotten ? hiringToText(unreadHiring(hiringId)) : null,
      tokenTraces: isForgotten
        ? null
        : this.#traces.withToken(held.tokenTraces, hiringId, step.open?.hiring.repoToken),
      transitioned: plan.transitions.length === 0 ? 0 : 1,
      endedAtMs: isEnd(plan.state) ? nowMs : null,
      money: step.money?.standing ?? (isEnd(plan.state) ? standingAtEnd(plan.state) : null),
      moneyKnown: step.money === undefined ? 0 : 1,
      // Nobody bought what was rejected.
      nextRereadAtMs:
        isEnd(plan.state) && plan.state !== 'rejected' ? nextEndedRereadAtMs(nowMs, nowMs) : null,
    });
  }
}

/** The row of the history for what happened to the money of an ended hiring. */
export function moneyNote(
  record: HiringRecord,
  state: State,
  event: MoneyEvent,
  cause: string,
  atMs: number,
) {
  const { hiringId, agentId, attempt, received } = record;
  // A webhook that no read has confirmed says nothing about what was paid.
  const unconfirmed = received.intake === 'webhook' ? undefined : received.hiring;
  const price = (attempt?.hiring ?? unconfirmed)?.price ?? null;
  return {
    hiringId,
    attempt: attempt?.number ?? 0,
    atMs,
    from: state,
    event,
    to: state,
    cause,
    reason: null,
    agentId,
    price,
  };
}

/** The code of why an operator has to decide now. */
function reasonOf({ attention, progress }: StepCommit): AttentionCode | null {
  return (progress?.attention ?? attention)?.reason.code ?? null;
}

/** Of a move to `completed`, whose hiring was paid at what price: earnings are counted by it. */
function paidBy(transition: PlannedTransition, record: HiringRecord, { open }: StepCommit) {
  if (transition.to !== 'completed') return { agentId: null, price: null };
  const { agentId, attempt, received } = record;
  // A webhook that no read has confirmed says nothing about what was paid.
  const unconfirmed = received.intake === 'webhook' ? undefined : received.hiring;
  const hiring = open?.number === transition.attempt ? open.hiring : (attempt?.hiring ?? unconfirmed);
  return {
    agentId: agentId === UNNAMED_AGENT ? (hiring?.agentId ?? agentId) : agentId,
    price: hiring?.price ?? null,
  };
}

/**
 * True when what was heard is no longer needed: the hiring came to its end, or was at it and was read. An
 * ended hiring whose read failed may be a hirer's retry, whose token nobody gives again.
 */
function leavesNothingToRead(step: StepCommit, plan: Plan): boolean {
  return isEnd(plan.state) && (plan.transitions.length > 0 || step.reread === true);
}

type Held = NonNullable<ReturnType<ReturnType<typeof prepare>['look']['get']>>;

/** When to look again: as the step says, but sooner for what the step could not know of. */
function dueAfter(claim: Claim, step: StepCommit, plan: Plan, held: Held, nowMs: number): number | null {
  const { state } = plan;
  const becameEnd = isEnd(state) && plan.transitions.length > 0;
  // Whatever its state, what arrived late is taken back.
  const hasLate = lateFromText(held.late).some(({ taskId }) => step.takenBack?.includes(taskId) !== true);
  const asked = becameEnd && !hasLate ? null : (step.dueAtMs ?? (hasLate ? nowMs : null));
  if (held.requeues > claim.requeues && (!isEnd(state) || hasLate)) return nowMs;
  const unread = held.notifications > held.notificationsRead;
  const unknown = held.notifications > claim.notifications || !claim.record.rereadWanted;
  if (unread && unknown) {
    return wokenDueAtMs({ state, dueAtMs: asked, lastReadAtMs: held.lastReadAtMs }, nowMs);
  }
  // The step knew that it was heard again and did not read it: an end must not keep that forever.
  if (unread && asked === null) return nowMs + REREAD_SPACING_MS;
  return asked;
}

function prepare({ queries }: Connection) {
  const { placeholder } = sql;
  const ofHiring = eq(hirings.id, placeholder('hiringId'));
  return {
    look: queries
      .select({
        state: hirings.state,
        attempt: hirings.attempt,
        leaseToken: hirings.leaseToken,
        notifications: hirings.notifications,
        notificationsRead: hirings.notificationsRead,
        requeues: hirings.requeues,
        lastReadAtMs: hirings.lastReadAtMs,
        tokenTraces: hirings.tokenTraces,
        late: hirings.lateAssignments,
      })
      .from(hirings)
      .where(ofHiring)
      .prepare(),
    transition: queries
      .update(hirings)
      .set({
        agentId: sql`coalesce(${placeholder('agentId')}, ${hirings.agentId})`,
        state: sql`${placeholder('state')}`,
        attempt: sql`${placeholder('attempt')}`,
        attention: sql`${placeholder('attention')}`,
        lastFailure: sql`${placeholder('lastFailure')}`,
        notificationsRead: sql`${placeholder('notificationsRead')}`,
        lastReadAtMs: sql`${placeholder('lastReadAtMs')}`,
        dueAtMs: sql`${placeholder('dueAtMs')}`,
        waiting: sql`${hirings.waiting} * ${placeholder('keepWaiting')}`,
        leaseToken: null,
        leaseHolder: null,
        latestHiring: sql`coalesce(${placeholder('latestHiring')}, ${hirings.latestHiring})`,
        tokenTraces: sql`${placeholder('tokenTraces')}`,
        latestTokenSealed: sql`case when ${placeholder('keepToken')} then ${hirings.latestTokenSealed} end`,
        endedAtMs: sql`case when ${placeholder('transitioned')} then ${placeholder('endedAtMs')} else ${hirings.endedAtMs} end`,
        money: sql`case when ${placeholder('transitioned')} or ${placeholder('moneyKnown')} then ${placeholder('money')} else ${hirings.money} end`,
        nextRereadAtMs: sql`case when ${placeholder('transitioned')} then ${placeholder('nextRereadAtMs')} else ${hirings.nextRereadAtMs} end`,
        // What was emptied and deleted before may be there again.
        redactedAtMs: sql`case when ${placeholder('transitioned')} then null else ${hirings.redactedAtMs} end`,
        foldersDeletedAtMs: sql`case when ${placeholder('transitioned')} then null else ${hirings.foldersDeletedAtMs} end`,
      })
      .where(ofHiring)
      .prepare(),
    note: noteOf({ queries }),
  };
}

/** Adds a row to the history. */
export function noteOf({ queries }: Pick<Connection, 'queries'>) {
  const { placeholder } = sql;
  return queries
    .insert(history)
    .values({
      hiringId: placeholder('hiringId'),
      attempt: placeholder('attempt'),
      atMs: placeholder('atMs'),
      fromState: placeholder('from'),
      event: placeholder('event'),
      toState: placeholder('to'),
      cause: placeholder('cause'),
      reason: placeholder('reason'),
      agentId: placeholder('agentId'),
      price: placeholder('price'),
    })
    .prepare();
}
