import type { JsonObject, RoomEvent } from './event.ts';

export type Membership = 'join' | 'invite' | 'leave' | 'ban';

interface Receipt {
  readonly eventId: string;
  readonly sentAtMs: number;
  readonly position: number;
}

const stateId = (type: string, stateKey: string): string => `${type}\u0000${stateKey}`;

/** One room: its timeline, the state that follows from it, and what is not kept in the timeline. */
export class Room {
  readonly id: string;
  readonly events: RoomEvent[] = [];
  readonly stateEvents: RoomEvent[] = [];
  readonly byId = new Map<string, RoomEvent>();
  readonly typing = new Map<string, number>();
  typingPosition = 0;
  /** Only the newest receipt of a user and kind is kept. */
  readonly receipts = new Map<string, { userId: string; kind: string; receipt: Receipt }>();
  readonly fullyRead = new Map<string, { eventId: string; position: number }>();
  /** Position of anything that changed here last; what lies before it needs no look. */
  changedAt = 0;
  readonly #state = new Map<string, RoomEvent>();

  constructor(id: string) {
    this.id = id;
  }

  append(event: RoomEvent): void {
    this.events.push(event);
    this.byId.set(event.eventId, event);
    this.changedAt = event.position;
    if (event.stateKey === undefined) return;
    this.stateEvents.push(event);
    this.#state.set(stateId(event.type, event.stateKey), event);
  }

  state(type: string, stateKey = ''): RoomEvent | undefined {
    return this.#state.get(stateId(type, stateKey));
  }

  allState(): RoomEvent[] {
    return [...this.#state.values()];
  }

  /** The last state event of each kind among those after `from` and before `until`. */
  stateBetween(from: number, until: number): RoomEvent[] {
    const last = new Map<string, RoomEvent>();
    for (const event of this.stateEvents) {
      if (event.position > from && event.position < until) {
        last.set(stateId(event.type, event.stateKey ?? ''), event);
      }
    }
    return [...last.values()];
  }

  membershipEvent(userId: string): RoomEvent | undefined {
    return this.state('m.room.member', userId);
  }

  membership(userId: string): Membership | undefined {
    return membershipOf(this.membershipEvent(userId));
  }

  members(membership: Membership): string[] {
    return this.allState()
      .filter((event) => event.type === 'm.room.member' && membershipOf(event) === membership)
      .map((event) => event.stateKey ?? '');
  }

  /** Where the user's present stay began; a changed display name does not begin a new one. */
  joinedAt(userId: string): number | undefined {
    let event = this.membershipEvent(userId);
    if (membershipOf(event) !== 'join') return undefined;
    while (event !== undefined && membershipOf(event.previous) === 'join') event = event.previous;
    return event?.position;
  }

  /** The last position that the user may see: the present one for members, the end of the stay for others. */
  visibleUntil(userId: string): number {
    const event = this.membershipEvent(userId);
    if (membershipOf(event) === 'join') return Number.MAX_SAFE_INTEGER;
    return event !== undefined && membershipOf(event.previous) === 'join' ? event.position : 0;
  }

  powerOf(userId: string): number {
    const users = this.#powerLevels()['users'];
    const own = isObject(users) ? users[userId] : undefined;
    return typeof own === 'number' ? own : this.#level('users_default', 0);
  }

  powerFor(action: 'invite' | 'kick' | 'ban' | 'redact'): number {
    return this.#level(action, action === 'invite' ? 0 : 50);
  }

  powerToSend(type: string, isState: boolean): number {
    const events = this.#powerLevels()['events'];
    const own = isObject(events) ? events[type] : undefined;
    if (typeof own === 'number') return own;
    return isState ? this.#level('state_default', 50) : this.#level('events_default', 0);
  }

  #level(name: string, otherwise: number): number {
    const level = this.#powerLevels()[name];
    return typeof level === 'number' ? level : otherwise;
  }

  #powerLevels(): JsonObject {
    return this.state('m.room.power_levels')?.content ?? {};
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const membershipOf = (event: RoomEvent | undefined): Membership | undefined => {
  const membership = event?.content['membership'];
  return membership === 'join' || membership === 'invite' || membership === 'leave' || membership === 'ban'
    ? membership
    : undefined;
};
