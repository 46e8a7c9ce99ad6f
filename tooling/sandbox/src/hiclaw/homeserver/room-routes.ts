import { z } from 'zod';
import type { HomeserverCore } from './core.ts';
import { createRoom, createRoomBody } from './create-room.ts';
import { toClientEvent } from './event.ts';
import { forbidden, notFound } from './matrix-error.ts';
import type { Room } from './room.ts';
import { client, jsonBody, objectBody, pathValue, type Call, type Route } from './route.ts';

const userBody = z.object({ user_id: z.string() });

/** Rooms, members and state (HiClaw reference, 10.1). */
export const roomRoutes = (core: HomeserverCore): Route[] => {
  const { rooms, clock } = core;
  const joined = (call: Call): Room => rooms.joined(pathValue(call, 'roomId'), call.device.userId);
  const readable = (call: Call): Room => rooms.readable(pathValue(call, 'roomId'), call.device.userId);
  const known = (idOrAlias: string): Room => {
    const room = rooms.find(rooms.aliases.get(idOrAlias) ?? idOrAlias);
    if (room === undefined) throw notFound(`no such room: ${idOrAlias}`);
    return room;
  };
  return [
    {
      name: 'createRoom',
      method: 'POST',
      paths: client('/createRoom'),
      run: async (call) => {
        const room = createRoom(rooms, call.device.userId, await jsonBody(call, createRoomBody));
        return { room_id: room.id };
      },
    },
    {
      name: 'join',
      method: 'POST',
      paths: client('/join/:roomId', '/rooms/:roomId/join'),
      run: (call) => {
        const room = known(pathValue(call, 'roomId'));
        rooms.join(room, call.device.userId);
        return { room_id: room.id };
      },
    },
    {
      name: 'invite',
      method: 'POST',
      paths: client('/rooms/:roomId/invite'),
      run: async (call) => {
        const { user_id: userId } = await jsonBody(call, userBody);
        rooms.invite(joined(call), call.device.userId, userId);
        return {};
      },
    },
    {
      name: 'leave',
      method: 'POST',
      paths: client('/rooms/:roomId/leave'),
      run: (call) => {
        rooms.leave(known(pathValue(call, 'roomId')), call.device.userId);
        return {};
      },
    },
    {
      name: 'forget',
      method: 'POST',
      paths: client('/rooms/:roomId/forget'),
      run: (call) => {
        rooms.forget(known(pathValue(call, 'roomId')), call.device.userId);
        return {};
      },
    },
    {
      name: 'kick',
      method: 'POST',
      paths: client('/rooms/:roomId/kick'),
      run: async (call) => {
        const { user_id: userId } = await jsonBody(call, userBody);
        rooms.kick(joined(call), call.device.userId, userId);
        return {};
      },
    },
    {
      name: 'joinedRooms',
      method: 'GET',
      paths: client('/joined_rooms'),
      run: ({ device }) => ({
        joined_rooms: [...rooms.of(device.userId)]
          .filter((room) => room.membership(device.userId) === 'join')
          .map((room) => room.id),
      }),
    },
    {
      name: 'joinedMembers',
      method: 'GET',
      paths: client('/rooms/:roomId/joined_members'),
      run: (call) => {
        const room = joined(call);
        const joinedMembers: Record<string, object> = {};
        for (const userId of room.members('join')) {
          const name = room.membershipEvent(userId)?.content['displayname'];
          joinedMembers[userId] = { display_name: typeof name === 'string' ? name : null, avatar_url: null };
        }
        return { joined: joinedMembers };
      },
    },
    {
      name: 'members',
      method: 'GET',
      paths: client('/rooms/:roomId/members'),
      run: (call) => {
        const events = readable(call)
          .allState()
          .filter((event) => event.type === 'm.room.member');
        return { chunk: events.map((event) => toClientEvent(event, call.device, clock.now())) };
      },
    },
    {
      name: 'state',
      method: 'GET',
      paths: client('/rooms/:roomId/state'),
      run: (call) =>
        readable(call)
          .allState()
          .map((event) => toClientEvent(event, call.device, clock.now())),
    },
    {
      name: 'stateEvent',
      method: 'GET',
      paths: client('/rooms/:roomId/state/:type/:stateKey{.*}', '/rooms/:roomId/state/:type'),
      run: (call) => {
        const stateKey = call.request.req.param('stateKey') ?? '';
        const event = readable(call).state(pathValue(call, 'type'), stateKey);
        if (event === undefined) throw notFound('Event not found.');
        return event.content;
      },
    },
    {
      name: 'setState',
      method: 'PUT',
      paths: client('/rooms/:roomId/state/:type/:stateKey{.*}', '/rooms/:roomId/state/:type'),
      run: async (call) => {
        const type = pathValue(call, 'type');
        if (type === 'm.room.member')
          throw forbidden('Membership changes through join, invite, leave and kick');
        const event = rooms.send(pathValue(call, 'roomId'), call.device.userId, {
          type,
          stateKey: call.request.req.param('stateKey') ?? '',
          content: await objectBody(call),
        });
        return { event_id: event.eventId };
      },
    },
    {
      name: 'directory',
      method: 'GET',
      paths: client('/directory/room/:alias'),
      open: true,
      run: (call) => {
        const roomId = rooms.aliases.get(pathValue(call, 'alias'));
        if (roomId === undefined) throw notFound('Room alias not found.');
        return { room_id: roomId, servers: [core.accounts.serverName] };
      },
    },
    {
      name: 'deleteAlias',
      method: 'DELETE',
      paths: client('/directory/room/:alias'),
      run: (call) => {
        rooms.deleteAlias(pathValue(call, 'alias'), call.device.userId);
        return {};
      },
    },
  ];
};
