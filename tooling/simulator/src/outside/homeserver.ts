import {
  transactionIdOf,
  type FindOutcome,
  type Messenger,
  type SendOutcome,
  type WorkerActivity,
  type WorkerAddress,
  type WorkerMessage,
} from '@agrenting-hiclaw/core/domain';
import { PLANTED, type Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import type { FakeAttemptRooms } from './attempt-rooms.ts';
import { OutsideClock } from './outside-clock.ts';
import { SendLimit } from './send-limit.ts';
import { homeserverOutcome, type OutageSchedule } from './outages.ts';

/** A message of ours in a room. */
export interface PostedMessage {
  readonly eventId: string;
  readonly message: WorkerMessage;
  /** By its own clock. */
  readonly atMs: number;
  /** By the true time, whatever its clock was set to since. */
  readonly trueAtMs: number;
}

/** That a worker did something in a room. */
export interface TrueActivity {
  readonly roomId: string;
  readonly userId: string;
  readonly trueAtMs: number;
}

/** What is waited where a limit does not say how long. */
const UNTOLD_MS = 5_000;
/** As the search of a room has it. */
const CLOCK_MARGIN_MS = 60_000;

/** Rooms that keep what is sent to them under its transaction id. */
export class FakeHomeserver {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #outageSchedule: OutageSchedule;
  readonly #rooms: FakeAttemptRooms;
  readonly #byTransaction = new Map<string, PostedMessage>();
  readonly posted: PostedMessage[] = [];
  /** What workers did, with the times of its own clock. */
  readonly activities: WorkerActivity[] = [];
  /** The same by the true time, which no process knows. */
  readonly trueActivities: TrueActivity[] = [];
  readonly clock: OutsideClock;
  readonly #limit: SendLimit;
  onPosted: (posted: PostedMessage, process: string) => void = () => undefined;
  onActivity: () => void = () => undefined;

  constructor(stage: Stage, prng: Prng, outageSchedule: OutageSchedule, rooms: FakeAttemptRooms) {
    this.#stage = stage;
    this.#prng = prng;
    this.#outageSchedule = outageSchedule;
    this.#rooms = rooms;
    this.clock = new OutsideClock(stage, stage.scenario.clocksAheadMs.homeserver);
    this.#limit = new SendLimit(stage);
  }

  /** Whether a listener gets an answer at the moment. */
  get isUp(): boolean {
    return this.#outageSchedule.at('homeserver') === undefined;
  }

  /** Answers nobody for a while. */
  goesAway(forMs: number): void {
    this.#stage.trace.note('the homeserver goes away');
    this.#outageSchedule.begin('homeserver', forMs);
  }

  /** Up to when a listener that listens all the time and has read so many of the activities knows what happened, by the simulator's time. */
  syncedUntilMs(read: number): number {
    const { nowMs } = this.#stage.timeline;
    return Math.min(
      this.trueActivities[read]?.trueAtMs ?? nowMs,
      this.#outageSchedule.sinceMs('homeserver') ?? nowMs,
    );
  }

  /** What workers did, as a listener has it: with times of our own clock. */
  received(): readonly WorkerActivity[] {
    const { clock } = this;
    clock.answers();
    const { nowMs, ourNowMs, known } = clock;
    const { statesAge } = this.#stage.scenario;
    return this.activities.map((activity) => {
      if (activity.kind === 'typing') return { ...activity, atMs: ourNowMs };
      const isMessage = activity.kind === 'message';
      const atMs = isMessage && statesAge ? ourNowMs - (nowMs - activity.atMs) : known.toOurs(activity.atMs);
      const saidAtMs = isMessage ? activity.atMs : undefined;
      return { ...activity, atMs: Math.min(ourNowMs, atMs), saidAtMs };
    });
  }

  /** The homeserver as one process sees it; `transactionId` is what the process makes of a message. */
  seenBy(process: string, transactionId: (message: WorkerMessage) => string = usualId): Messenger {
    return {
      send: async (message) => this.#send(process, message, transactionId(message)),
      findAssignments: async (attempt, sinceMs) => this.#find(attempt, sinceMs),
    };
  }

  /** A worker does something in its room; gives the event, where it is one. */
  showActivity(
    worker: WorkerAddress,
    activity: Pick<WorkerActivity, 'kind' | 'eventId' | 'replacesEventId' | 'text'>,
  ): string | undefined {
    const eventId =
      activity.eventId ?? (activity.kind === 'message' ? `$activity${this.activities.length}` : undefined);
    const { roomId, userId } = worker;
    this.activities.push({ ...activity, eventId, roomId, userId, atMs: this.clock.nowMs });
    this.trueActivities.push({ roomId, userId, trueAtMs: this.#stage.timeline.nowMs });
    this.#stage.trace.note(`${worker.name} ${activity.kind} ${activity.text ?? activity.eventId ?? ''}`);
    this.onActivity();
    return eventId;
  }

  #send(process: string, message: WorkerMessage, transactionId: string): SendOutcome {
    if (!this.#rooms.hasJoined(message.worker))
      return { kind: 'not_joined', problem: `${PLANTED}: not joined` };
    const fault = this.#outageSchedule.strikes(
      'homeserver',
      this.#stage.scenario.rates.sendFails,
      this.#prng,
    );
    if (fault === undefined) {
      const retryAfterMs = this.#limit.take('message');
      if (retryAfterMs > 0) return { kind: 'limited', retryAfterMs };
      return { kind: 'sent', eventId: this.#post(process, message, transactionId).eventId };
    }
    const { answer, applied } = fault;
    const problem = `${PLANTED}: ${answer} to a message`;
    switch (homeserverOutcome(answer)) {
      case 'limited': {
        const retryAfterMs = answer === 'limited, untold' ? UNTOLD_MS : this.#prng.pick(0, 1, 2000, 60_000);
        return { kind: 'limited', retryAfterMs };
      }
      case 'refused':
        return { kind: 'refused', problem };
      case 'unknown':
        if (applied) this.#post(process, message, transactionId);
        return { kind: 'unknown', problem };
    }
  }

  #post(process: string, message: WorkerMessage, transactionId: string): PostedMessage {
    const known = this.#byTransaction.get(transactionId);
    if (known !== undefined) return known;
    const posted = {
      eventId: `$ours${this.posted.length}`,
      message,
      atMs: this.clock.nowMs,
      trueAtMs: this.#stage.timeline.nowMs,
    };
    this.#byTransaction.set(transactionId, posted);
    this.posted.push(posted);
    this.onPosted(posted, process);
    return posted;
  }

  #find({ hiringId, attempt }: Pick<WorkerMessage, 'hiringId' | 'attempt'>, sinceMs: number): FindOutcome {
    const { sendFails } = this.#stage.scenario.rates;
    if (this.#outageSchedule.strikes('homeserver', sendFails, this.#prng) !== undefined) {
      return { kind: 'unavailable', problem: `${PLANTED}: no look` };
    }
    this.clock.answers();
    const sinceTheirMs = this.clock.known.toTheirs(sinceMs) - CLOCK_MARGIN_MS;
    const messages = this.posted
      .filter(({ message }) => message.hiringId === hiringId && message.attempt === attempt)
      .filter(({ message, atMs }) => message.purpose === 'assignment' && atMs >= sinceTheirMs)
      .map(({ message, eventId, atMs }) => ({
        taskId: message.taskId,
        number: message.number,
        eventId,
        sentAtMs: Math.min(this.clock.ourNowMs, this.clock.known.toOurs(atMs)),
      }));
    return { kind: 'found', messages: messages.toSorted((one, other) => one.number - other.number) };
  }
}

function usualId({ taskId, purpose, number }: WorkerMessage): string {
  return transactionIdOf(taskId, purpose, number);
}
