import type { WatchedRoom } from './event-signs.ts';

/** Messages of a room that one answer holds; more are read back afterwards. */
const TIMELINE_LIMIT = 50;

/** What is asked of `/sync`: messages, receipts and typing of the mapped rooms, and nothing else. */
export function syncFilter(rooms: readonly WatchedRoom[]): Record<string, unknown> {
  const nothing = { not_types: ['*'] };
  return {
    room: {
      rooms: [...new Set(rooms.map((room) => room.roomId))].sort(),
      timeline: { limit: TIMELINE_LIMIT, types: ['m.room.message'] },
      ephemeral: { types: ['m.receipt', 'm.typing'] },
      state: { ...nothing, lazy_load_members: true },
      account_data: nothing,
    },
    presence: nothing,
    account_data: nothing,
  };
}
