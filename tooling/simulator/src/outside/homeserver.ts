import {
  transactionIdOf,
  type FindOutcome,
  type Messenger,
  type SendOutcome,
  type Sign,
  type WorkerAddress,
  type WorkerMessage,
} from '@agrenting-hiclaw/core/domain';
import { PLANTED, type Stage } from '../boundary.ts';
import type { Dice } from '../dice.ts';
import type { FakeAttemptRooms } from './attempt-rooms.ts';
import { OutsideClock } from './outside-clock.ts';
import type { Weather } from './weather.ts';

/** A message of ours that stands in a room. */
export interface PostedMessage {
  readonly eventId: string;
  readonly message: WorkerMessage;
  readonly atMs: number;
}

/** As the search of a room has it. */
const CLOCK_MARGIN_MS = 60_000;

/** Rooms that keep what is sent to them under its transaction id. */
export class FakeHomeserver {
  readonly #stage: Stage;
  readonly #dice: Dice;
  readonly #weather: Weather;
  readonly #rooms: FakeAttemptRooms;
  readonly #byTransaction = new Map<string, PostedMessage>();
  readonly posted: PostedMessage[] = [];
  /** What workers did, with the times of its own clock. */
  readonly signs: Sign[] = [];
  readonly clock: OutsideClock;
  onPosted: (posted: PostedMessage, process: string) => void = () => undefined;
  onSign: () => void = () => undefined;

  constructor(stage: Stage, dice: Dice, weather: Weather, rooms: FakeAttemptRooms) {
    this.#stage = stage;
    this.#dice = dice;
    this.#weather = weather;
    this.#rooms = rooms;
    this.clock = new OutsideClock(stage, stage.scenario.clocksAheadMs.homeserver);
  }

  /** What workers did, as whoever listens has it: with times of our own clock. */
  heard(): readonly Sign[] {
    const { clock } = this;
    clock.answers();
    const { nowMs, ourNowMs, known } = clock;
    const { tellsAge } = this.#stage.scenario;
    return this.signs.map((sign) => {
      if (sign.kind === 'typing') return { ...sign, atMs: ourNowMs };
      const isDated = sign.kind === 'message' && tellsAge;
      const atMs = isDated ? ourNowMs - (nowMs - sign.atMs) : known.toOurs(sign.atMs);
      return { ...sign, atMs: Math.min(ourNowMs, atMs) };
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
  sign(
    worker: WorkerAddress,
    sign: Pick<Sign, 'kind' | 'eventId' | 'replacesEventId' | 'text'>,
  ): string | undefined {
    const eventId = sign.eventId ?? (sign.kind === 'message' ? `$sign${this.signs.length}` : undefined);
    this.signs.push({
      ...sign,
      eventId,
      roomId: worker.roomId,
      userId: worker.userId,
      atMs: this.clock.nowMs,
    });
    this.#stage.trace.note(`${worker.name} ${sign.kind} ${sign.text ?? sign.eventId ?? ''}`);
    this.onSign();
    return eventId;
  }

  #send(process: string, message: WorkerMessage, transactionId: string): SendOutcome {
    const problem = `${PLANTED}: message`;
    if (!this.#rooms.hasJoined(message.worker)) return { kind: 'not_joined', problem };
    switch (this.#fault()) {
      case 'lost before':
        return { kind: 'unknown', problem };
      case 'limited':
        return { kind: 'limited', retryAfterMs: this.#dice.pick(0, 1, 2000, 60_000) };
      case 'refused':
        return { kind: 'refused', problem };
      case 'lost after':
        this.#post(process, message, transactionId);
        return { kind: 'unknown', problem };
      case undefined:
        return { kind: 'sent', eventId: this.#post(process, message, transactionId).eventId };
    }
  }

  #fault() {
    const { faulty, scenario } = this.#stage;
    switch (this.#weather.at('homeserver')) {
      case 'down':
      case 'malformed':
        return this.#dice.pick('lost before', 'lost after');
      case 'limited':
        return 'limited';
      case 'unauthorized':
        return 'refused';
      case undefined:
        break;
    }
    if (!faulty || !this.#dice.chance(scenario.rates.sendFails)) return undefined;
    return this.#dice.pick('lost before', 'lost after', 'lost after', 'limited', 'refused');
  }

  #post(process: string, message: WorkerMessage, transactionId: string): PostedMessage {
    const known = this.#byTransaction.get(transactionId);
    if (known !== undefined) return known;
    const posted = { eventId: `$ours${this.posted.length}`, message, atMs: this.clock.nowMs };
    this.#byTransaction.set(transactionId, posted);
    this.posted.push(posted);
    this.onPosted(posted, process);
    return posted;
  }

  #find({ hiringId, attempt }: Pick<WorkerMessage, 'hiringId' | 'attempt'>, sinceMs: number): FindOutcome {
    if (this.#weather.at('homeserver') !== undefined || this.#fault() !== undefined) {
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
