import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Device } from './accounts.ts';

export const jsonObject = z.record(z.string(), z.unknown());
export type JsonObject = z.output<typeof jsonObject>;

/** An event as it is stored. `position` is its place in the stream; `sentBy` tells a client its own echo. */
export interface RoomEvent {
  readonly position: number;
  readonly eventId: string;
  readonly roomId: string;
  readonly type: string;
  readonly sender: string;
  readonly stateKey: string | undefined;
  readonly sentAtMs: number;
  content: JsonObject;
  redactedBecause: RoomEvent | undefined;
  readonly redacts: string | undefined;
  readonly previous: RoomEvent | undefined;
  readonly sentBy: { readonly deviceId: string; readonly transactionId: string } | undefined;
}

export const newEventId = (): string => `$${randomBytes(32).toString('base64url')}`;

/** What a client is shown; `/sync` leaves the room id out. */
export const toClientEvent = (
  event: RoomEvent,
  viewer: Device | undefined,
  nowMs: number,
  withRoomId = true,
): JsonObject => {
  const unsigned: JsonObject = { age: Math.max(0, nowMs - event.sentAtMs) };
  if (
    event.sentBy !== undefined &&
    viewer?.userId === event.sender &&
    viewer.deviceId === event.sentBy.deviceId
  ) {
    unsigned['transaction_id'] = event.sentBy.transactionId;
  }
  if (event.previous !== undefined) {
    unsigned['prev_content'] = event.previous.content;
    unsigned['replaces_state'] = event.previous.eventId;
  }
  if (event.redactedBecause !== undefined) {
    unsigned['redacted_because'] = toClientEvent(event.redactedBecause, undefined, nowMs);
  }
  return {
    type: event.type,
    event_id: event.eventId,
    sender: event.sender,
    origin_server_ts: event.sentAtMs,
    content: event.content,
    ...(event.stateKey === undefined ? {} : { state_key: event.stateKey }),
    ...(event.redacts === undefined ? {} : { redacts: event.redacts }),
    ...(withRoomId ? { room_id: event.roomId } : {}),
    unsigned,
  };
};
