import { z } from 'zod';
import { jsonObject, type JsonObject } from './event.ts';
import { MatrixError } from './matrix-error.ts';
import type { Room } from './room.ts';
import type { Rooms } from './rooms.ts';

export const createRoomBody = z.object({
  name: z.string().optional(),
  topic: z.string().optional(),
  preset: z.enum(['private_chat', 'trusted_private_chat', 'public_chat']).optional(),
  visibility: z.enum(['public', 'private']).optional(),
  invite: z.array(z.string()).optional(),
  is_direct: z.boolean().optional(),
  room_alias_name: z.string().optional(),
  room_version: z.string().optional(),
  initial_state: z
    .array(z.object({ type: z.string(), state_key: z.string().default(''), content: jsonObject }))
    .optional(),
  power_level_content_override: jsonObject.optional(),
});

export type CreateRoom = z.input<typeof createRoomBody>;

/** Makes a room as a client asks for it; `roomId` lets a seed keep its ids from run to run. */
export const createRoom = (rooms: Rooms, creator: string, request: CreateRoom, roomId?: string): Room => {
  const alias =
    request.room_alias_name === undefined ? undefined : `#${request.room_alias_name}:${rooms.serverName}`;
  if (alias !== undefined && rooms.aliases.has(alias)) {
    throw new MatrixError(400, 'M_ROOM_IN_USE', 'Room alias already exists.');
  }
  const preset = request.preset ?? (request.visibility === 'public' ? 'public_chat' : 'private_chat');
  const room = roomId === undefined ? rooms.create() : rooms.create(roomId);
  const put = (type: string, content: JsonObject): void => {
    rooms.store(room, creator, { type, stateKey: '', content });
  };
  put('m.room.create', { room_version: request.room_version ?? '11' });
  rooms.setMembership(room, creator, creator, 'join');
  const trusted = preset === 'trusted_private_chat' ? (request.invite ?? []) : [];
  const users = Object.fromEntries([creator, ...trusted].map((userId) => [userId, 100]));
  put('m.room.power_levels', {
    users,
    users_default: 0,
    events_default: 0,
    state_default: 50,
    invite: 0,
    kick: 50,
    ban: 50,
    redact: 50,
    ...request.power_level_content_override,
  });
  put('m.room.join_rules', { join_rule: preset === 'public_chat' ? 'public' : 'invite' });
  put('m.room.history_visibility', { history_visibility: 'shared' });
  put('m.room.guest_access', { guest_access: preset === 'public_chat' ? 'forbidden' : 'can_join' });
  if (alias !== undefined) {
    rooms.aliases.set(alias, room.id);
    put('m.room.canonical_alias', { alias });
  }
  for (const state of request.initial_state ?? []) {
    rooms.store(room, creator, { type: state.type, stateKey: state.state_key ?? '', content: state.content });
  }
  if (request.name !== undefined) put('m.room.name', { name: request.name });
  if (request.topic !== undefined) put('m.room.topic', { topic: request.topic });
  for (const userId of request.invite ?? []) {
    const content = { membership: 'invite', ...(request.is_direct === true ? { is_direct: true } : {}) };
    rooms.store(room, creator, { type: 'm.room.member', stateKey: userId, content });
  }
  return room;
};
