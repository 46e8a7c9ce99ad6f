import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { newEventId, toClientEvent, type JsonObject, type RoomEvent } from './event.ts';
import { forbidden, MatrixError, notFound } from './matrix-error.ts';
import { membershipOf, Room, type Membership } from './room.ts';
import type { Stream } from './stream.ts';

/** The Matrix limit; Synapse and Tuwunel refuse what is larger (HiClaw reference, 10.1). */
const maxEventBytes = 65_536;
const maxEvents = 1_000_000;

export interface NewEvent {
  readonly type: string;
  readonly content: JsonObject;
  readonly stateKey?: string | undefined;
  readonly redacts?: string | undefined;
  readonly sentBy?: RoomEvent['sentBy'];
}

/** All rooms of the server; every change of a room passes through here. */
export class Rooms {
  readonly serverName: string;
  readonly stream: Stream;
  readonly clock: SandboxClock;
  readonly aliases = new Map<string, string>();
  readonly #rooms = new Map<string, Room>();
  readonly #roomsOf = new Map<string, Set<Room>>();
  readonly #closing = new AbortController();
  #eventCount = 0;

  constructor(serverName: string, stream: Stream, clock: SandboxClock) {
    this.serverName = serverName;
    this.stream = stream;
    this.clock = clock;
  }

  all(): Room[] {
    return [...this.#rooms.values()];
  }

  create(roomId = `!${randomBytes(14).toString('base64url').slice(0, 18)}:${this.serverName}`): Room {
    if (this.#rooms.has(roomId)) throw new MatrixError(400, 'M_ROOM_IN_USE', `${roomId} exists`);
    const room = new Room(roomId);
    this.#rooms.set(roomId, room);
    return room;
  }

  find(roomId: string): Room | undefined {
    return this.#rooms.get(roomId);
  }

  /** Rooms in which the user is, was, or is invited. */
  of(userId: string): Iterable<Room> {
    return this.#roomsOf.get(userId) ?? [];
  }

  /** The room, if the user has joined it; 403 otherwise, also when there is no such room. */
  joined(roomId: string, userId: string): Room {
    const room = this.#rooms.get(roomId);
    if (room?.membership(userId) !== 'join') throw forbidden(`${userId} is not in room ${roomId}`);
    return room;
  }

  /** The room, if the user may read at least a part of its past. */
  readable(roomId: string, userId: string): Room {
    const room = this.#rooms.get(roomId);
    if (room === undefined || room.visibleUntil(userId) === 0) {
      throw forbidden(`${userId} is not in room ${roomId}`);
    }
    return room;
  }

  /** Stores an event without asking for permission: for the server's own steps. */
  store(room: Room, sender: string, event: NewEvent): RoomEvent {
    if (this.#eventCount >= maxEvents) {
      throw new MatrixError(
        403,
        'M_RESOURCE_LIMIT_EXCEEDED',
        `The sandbox holds ${maxEvents} events at most`,
      );
    }
    const stored: RoomEvent = {
      position: this.stream.position + 1,
      eventId: newEventId(),
      roomId: room.id,
      type: event.type,
      sender,
      stateKey: event.stateKey,
      sentAtMs: this.clock.now(),
      content: event.content,
      redactedBecause: undefined,
      redacts: event.redacts,
      previous: event.stateKey === undefined ? undefined : room.state(event.type, event.stateKey),
      sentBy: event.sentBy,
    };
    if (
      Buffer.byteLength(JSON.stringify(toClientEvent(stored, undefined, stored.sentAtMs))) > maxEventBytes
    ) {
      throw new MatrixError(413, 'M_TOO_LARGE', `Event is larger than ${maxEventBytes} bytes`);
    }
    this.stream.advance();
    this.#eventCount += 1;
    const audience = new Set(room.members('join'));
    room.append(stored);
    if (stored.type === 'm.room.member' && stored.stateKey !== undefined) {
      audience.add(stored.stateKey);
      this.#index(stored.stateKey, room);
    }
    this.stream.notify(audience);
    return stored;
  }

  /** Stores an event that a member sent, if the room's power levels allow it. */
  send(roomId: string, sender: string, event: NewEvent): RoomEvent {
    const room = this.joined(roomId, sender);
    if (room.powerOf(sender) < room.powerToSend(event.type, event.stateKey !== undefined)) {
      throw forbidden(`${sender} lacks the power level to send ${event.type}`);
    }
    return this.store(room, sender, event);
  }

  setMembership(room: Room, sender: string, userId: string, membership: Membership): RoomEvent {
    const localpart = userId.slice(1).split(':', 1).join('');
    return this.store(room, sender, {
      type: 'm.room.member',
      stateKey: userId,
      content: { membership, ...(membership === 'leave' ? {} : { displayname: localpart }) },
    });
  }

  /** Accounts that join whatever they are invited to, as agents do without anybody there to look (HiClaw reference, 3.4). */
  readonly joinsEveryInvitation = new Set<string>();

  join(room: Room, userId: string): void {
    const present = room.membership(userId);
    if (present === 'join') return;
    const rule = room.state('m.room.join_rules')?.content['join_rule'];
    if (present === 'ban' || (present !== 'invite' && rule !== 'public')) {
      throw forbidden('You are not invited to this room.');
    }
    this.setMembership(room, userId, userId, 'join');
  }

  invite(room: Room, sender: string, userId: string): void {
    if (room.powerOf(sender) < room.powerFor('invite')) throw forbidden(`${sender} may not invite`);
    if (room.membership(userId) === 'join') throw forbidden(`${userId} is already in the room.`);
    if (room.membership(userId) === 'ban') throw forbidden(`${userId} is banned from the room`);
    this.setMembership(room, sender, userId, 'invite');
    if (this.joinsEveryInvitation.has(userId)) this.join(room, userId);
  }

  leave(room: Room, userId: string): void {
    const present = room.membership(userId);
    if (present !== 'join' && present !== 'invite') throw forbidden(`${userId} is not in room ${room.id}`);
    this.setMembership(room, userId, userId, 'leave');
  }

  /** The room is gone for the user, until somebody invites them again. */
  forget(room: Room, userId: string): void {
    const present = room.membership(userId);
    if (present === 'join' || present === 'invite') {
      throw new MatrixError(400, 'M_UNKNOWN', `User ${userId} is in room ${room.id}`);
    }
    this.#roomsOf.get(userId)?.delete(room);
  }

  /** For members who may change the room's address, as Synapse asks for it. */
  deleteAlias(alias: string, userId: string): void {
    const room = this.find(this.aliases.get(alias) ?? '');
    if (room === undefined) throw notFound(`Unknown room alias ${alias}`);
    const joined = room.membership(userId) === 'join';
    if (!joined || room.powerOf(userId) < room.powerToSend('m.room.canonical_alias', true)) {
      throw forbidden("You don't have permission to delete the alias.");
    }
    this.aliases.delete(alias);
  }

  kick(room: Room, sender: string, userId: string): void {
    const allowed =
      room.powerOf(sender) >= room.powerFor('kick') && room.powerOf(sender) > room.powerOf(userId);
    if (!allowed) throw forbidden(`${sender} may not remove ${userId}`);
    if (membershipOf(room.membershipEvent(userId)) === undefined)
      throw notFound(`${userId} is not in the room`);
    this.setMembership(room, sender, userId, 'leave');
  }

  redact(room: Room, sender: string, target: RoomEvent, event: NewEvent): RoomEvent {
    if (target.sender !== sender && room.powerOf(sender) < room.powerFor('redact')) {
      throw forbidden(`${sender} may not redact this event`);
    }
    const redaction = this.store(room, sender, event);
    target.content = {};
    target.redactedBecause = redaction;
    return redaction;
  }

  setTyping(room: Room, userId: string, durationMs: number): void {
    const was = room.typing.has(userId);
    if (durationMs <= 0) {
      room.typing.delete(userId);
      if (was) this.#announceTyping(room);
      return;
    }
    const until = this.clock.now() + durationMs;
    room.typing.set(userId, until);
    if (!was) this.#announceTyping(room);
    this.clock
      .sleep(durationMs, this.#closing.signal)
      .then(() => {
        if (room.typing.get(userId) === until) this.setTyping(room, userId, 0);
      })
      .catch(() => undefined);
  }

  setReceipt(room: Room, userId: string, kind: 'm.read' | 'm.read.private', eventId: string): void {
    if (!room.byId.has(eventId)) throw notFound(`no such event: ${eventId}`);
    const position = this.stream.advance();
    room.receipts.set(`${kind}${userId}`, {
      userId,
      kind,
      receipt: { eventId, sentAtMs: this.clock.now(), position },
    });
    room.changedAt = position;
    this.stream.notify(room.members('join'));
  }

  setFullyRead(room: Room, userId: string, eventId: string): void {
    const position = this.stream.advance();
    room.fullyRead.set(userId, { eventId, position });
    room.changedAt = position;
    this.stream.notify([userId]);
  }

  close(): void {
    this.#closing.abort();
  }

  #announceTyping(room: Room): void {
    room.typingPosition = this.stream.advance();
    room.changedAt = room.typingPosition;
    this.stream.notify(room.members('join'));
  }

  #index(userId: string, room: Room): void {
    const rooms = this.#roomsOf.get(userId) ?? new Set();
    rooms.add(room);
    this.#roomsOf.set(userId, rooms);
  }
}
