import { z } from 'zod';
import type { HomeserverCore } from './core.ts';
import { toClientEvent, type RoomEvent } from './event.ts';
import { eventPasses, parseEventFilter } from './filter.ts';
import { forbidden, invalidParameter, notFound } from './matrix-error.ts';
import type { Room } from './room.ts';
import { client, jsonBody, objectBody, pathValue, type Call, type Route } from './route.ts';

const maxTypingMs = 300_000;
const typingBody = z.object({ typing: z.boolean(), timeout: z.number().optional() });
const markersBody = z.object({
  'm.fully_read': z.string().optional(),
  'm.read': z.string().optional(),
  'm.read.private': z.string().optional(),
});

/** Sending, reading back, typing and receipts (HiClaw reference, 10.1). */
export const eventRoutes = (core: HomeserverCore): Route[] => {
  const { rooms, clock } = core;
  const joined = (call: Call): Room => rooms.joined(pathValue(call, 'roomId'), call.device.userId);
  const visibleEvent = (call: Call): { room: Room; event: RoomEvent } => {
    const room = rooms.readable(pathValue(call, 'roomId'), call.device.userId);
    const event = room.byId.get(pathValue(call, 'eventId'));
    if (event === undefined || event.position > room.visibleUntil(call.device.userId)) {
      throw notFound('Event not found.');
    }
    return { room, event };
  };
  const shown = (call: Call, events: readonly RoomEvent[]): object[] =>
    events.map((event) => toClientEvent(event, call.device, clock.now()));
  return [
    {
      name: 'send',
      method: 'PUT',
      paths: client('/rooms/:roomId/send/:type/:transactionId'),
      run: async (call) => {
        const content = await objectBody(call);
        const transactionId = pathValue(call, 'transactionId');
        const eventId = core.transactions.once(call.device, transactionId, () => {
          const event = rooms.send(pathValue(call, 'roomId'), call.device.userId, {
            type: pathValue(call, 'type'),
            content,
            sentBy: { deviceId: call.device.deviceId, transactionId },
          });
          return event.eventId;
        });
        return { event_id: eventId };
      },
    },
    {
      name: 'redact',
      method: 'PUT',
      paths: client('/rooms/:roomId/redact/:eventId/:transactionId'),
      run: async (call) => {
        const content = await objectBody(call);
        const transactionId = pathValue(call, 'transactionId');
        const room = joined(call);
        const eventId = core.transactions.once(call.device, transactionId, () => {
          const { event } = visibleEvent(call);
          const redaction = rooms.redact(room, call.device.userId, event, {
            type: 'm.room.redaction',
            content: { ...content, redacts: event.eventId },
            redacts: event.eventId,
            sentBy: { deviceId: call.device.deviceId, transactionId },
          });
          return redaction.eventId;
        });
        return { event_id: eventId };
      },
    },
    {
      name: 'event',
      method: 'GET',
      paths: client('/rooms/:roomId/event/:eventId'),
      run: (call) => toClientEvent(visibleEvent(call).event, call.device, clock.now()),
    },
    {
      name: 'context',
      method: 'GET',
      paths: client('/rooms/:roomId/context/:eventId'),
      run: (call) => {
        const { room, event } = visibleEvent(call);
        const half = Math.ceil(limitOf(call) / 2);
        const at = room.events.indexOf(event);
        const before = room.events.slice(Math.max(0, at - half), at).toReversed();
        const after = room.events.slice(at + 1, at + 1 + half);
        return {
          event: toClientEvent(event, call.device, clock.now()),
          events_before: shown(call, before),
          events_after: shown(call, after),
          state: shown(call, room.allState()),
          start: core.tokens.give((before.at(-1) ?? event).position - 1),
          end: core.tokens.give((after.at(-1) ?? event).position),
        };
      },
    },
    {
      name: 'messages',
      method: 'GET',
      paths: client('/rooms/:roomId/messages'),
      run: (call) => page(core, call),
    },
    {
      name: 'typing',
      method: 'PUT',
      paths: client('/rooms/:roomId/typing/:userId'),
      run: async (call) => {
        const body = await jsonBody(call, typingBody);
        if (pathValue(call, 'userId') !== call.device.userId) throw forbidden('Not your own user id');
        const durationMs = Math.min(body.timeout ?? 30_000, maxTypingMs);
        rooms.setTyping(joined(call), call.device.userId, body.typing ? durationMs : 0);
        return {};
      },
    },
    {
      name: 'receipt',
      method: 'POST',
      paths: client('/rooms/:roomId/receipt/:kind/:eventId'),
      run: (call) => {
        const room = joined(call);
        const kind = pathValue(call, 'kind');
        const eventId = pathValue(call, 'eventId');
        if (kind === 'm.fully_read') rooms.setFullyRead(room, call.device.userId, eventId);
        else if (kind === 'm.read' || kind === 'm.read.private') {
          rooms.setReceipt(room, call.device.userId, kind, eventId);
        } else throw invalidParameter(`unknown receipt type ${kind}`);
        return {};
      },
    },
    {
      name: 'readMarkers',
      method: 'POST',
      paths: client('/rooms/:roomId/read_markers'),
      run: async (call) => {
        const room = joined(call);
        const body = await jsonBody(call, markersBody);
        const { userId } = call.device;
        if (body['m.fully_read'] !== undefined) rooms.setFullyRead(room, userId, body['m.fully_read']);
        for (const kind of ['m.read', 'm.read.private'] as const) {
          const eventId = body[kind];
          if (eventId !== undefined) rooms.setReceipt(room, userId, kind, eventId);
        }
        return {};
      },
    },
  ];
};

const limitOf = (call: Call): number => {
  const limit = Number(call.request.req.query('limit') ?? '10');
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, 1000) : 10;
};

/** A page of a room's past, either way; a token is the place after an event, so a page never overlaps the next. */
const page = (core: HomeserverCore, call: Call): object => {
  const room = core.rooms.readable(pathValue(call, 'roomId'), call.device.userId);
  const query = (name: string): string | undefined => call.request.req.query(name);
  const backwards = query('dir') !== 'f';
  const from = query('from');
  const to = query('to');
  const filterText = query('filter');
  const filter = filterText === undefined ? undefined : parseEventFilter(filterText);
  const limit = limitOf(call);
  const visibleUntil = Math.min(room.visibleUntil(call.device.userId), core.stream.position);
  const start = from === undefined ? (backwards ? visibleUntil : 0) : core.tokens.read(from);
  const stop = to === undefined ? (backwards ? 0 : visibleUntil) : core.tokens.read(to);
  const inRange = room.events.filter((event) =>
    backwards
      ? event.position <= Math.min(start, visibleUntil) && event.position > stop
      : event.position > start && event.position <= Math.min(stop, visibleUntil),
  );
  const fitting = inRange.filter((event) => eventPasses(filter, event));
  const chunk = (backwards ? fitting.toReversed() : fitting).slice(0, limit);
  const last = chunk.at(-1);
  const more = fitting.length > chunk.length && last !== undefined;
  return {
    start: core.tokens.give(start),
    chunk: chunk.map((event) => toClientEvent(event, call.device, core.clock.now())),
    ...(more ? { end: core.tokens.give(backwards ? last.position - 1 : last.position) } : {}),
  };
};
