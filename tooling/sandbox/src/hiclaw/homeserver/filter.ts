import { z } from 'zod';
import type { RoomEvent } from './event.ts';
import { invalidParameter } from './matrix-error.ts';

const eventFilter = z.object({
  limit: z.int().nonnegative().optional(),
  types: z.array(z.string()).optional(),
  not_types: z.array(z.string()).optional(),
  senders: z.array(z.string()).optional(),
  not_senders: z.array(z.string()).optional(),
  rooms: z.array(z.string()).optional(),
  not_rooms: z.array(z.string()).optional(),
});

export const syncFilter = z.object({
  room: z
    .object({
      rooms: z.array(z.string()).optional(),
      not_rooms: z.array(z.string()).optional(),
      timeline: eventFilter.optional(),
      state: eventFilter.optional(),
      ephemeral: eventFilter.optional(),
      account_data: eventFilter.optional(),
    })
    .optional(),
});

export type EventFilter = z.output<typeof eventFilter>;
export type SyncFilter = z.output<typeof syncFilter>;

const parse = <Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw invalidParameter(`not a filter: ${text.slice(0, 200)}`);
  }
};

export const parseEventFilter = (text: string): EventFilter => parse(eventFilter, text);
export const parseSyncFilter = (text: string): SyncFilter => parse(syncFilter, text);

const matches = (pattern: string, type: string): boolean =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;

export const typePasses = (filter: EventFilter | undefined, type: string): boolean => {
  if (filter?.types !== undefined && !filter.types.some((pattern) => matches(pattern, type))) return false;
  return !(filter?.not_types ?? []).some((pattern) => matches(pattern, type));
};

export const eventPasses = (filter: EventFilter | undefined, event: RoomEvent): boolean => {
  if (filter?.senders !== undefined && !filter.senders.includes(event.sender)) return false;
  if ((filter?.not_senders ?? []).includes(event.sender)) return false;
  return typePasses(filter, event.type);
};

export const roomPasses = (
  filter: { rooms?: string[] | undefined; not_rooms?: string[] | undefined } | undefined,
  roomId: string,
): boolean =>
  (filter?.rooms === undefined || filter.rooms.includes(roomId)) &&
  !(filter?.not_rooms ?? []).includes(roomId);
