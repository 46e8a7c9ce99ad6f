/** Messages of a room that one answer holds; more are read back afterwards. */
const TIMELINE_LIMIT = 50;

const NOTHING = { not_types: ['*'] };

/**
 * What is asked of `/sync`: messages, receipts and typing, and nothing else. It names no rooms: one that is
 * opened while the homeserver waits for something to happen must be in its answer.
 */
export const SYNC_FILTER: Readonly<Record<string, unknown>> = {
  room: {
    timeline: { limit: TIMELINE_LIMIT, types: ['m.room.message'] },
    ephemeral: { types: ['m.receipt', 'm.typing'] },
    state: { ...NOTHING, lazy_load_members: true },
    account_data: NOTHING,
  },
  presence: NOTHING,
  account_data: NOTHING,
};
