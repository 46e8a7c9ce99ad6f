/** Messages of a room that one answer holds; more are read back afterwards. */
const TIMELINE_LIMIT = 20;
/** Asked for one after the other where the answer was too large to be read. */
const SMALLER_TIMELINE_LIMITS = [5, 1];

const NOTHING = { not_types: ['*'] };

function filterWith(timeline: object, rest: object = {}): Readonly<Record<string, unknown>> {
  return {
    room: {
      timeline,
      ephemeral: { types: ['m.receipt', 'm.typing'] },
      state: { ...NOTHING, lazy_load_members: true },
      account_data: NOTHING,
      ...rest,
    },
    presence: NOTHING,
    account_data: NOTHING,
  };
}

const messages = (limit: number) => filterWith({ limit, types: ['m.room.message', 'm.room.redaction'] });

/**
 * What is asked of `/sync`: messages, receipts and typing, and nothing else. It names no rooms: one that is
 * opened while the homeserver waits for something to happen must be in its answer.
 */
export const SYNC_FILTER = messages(TIMELINE_LIMIT);

/** The same with less of each room, for `filter` of the query; the smallest last. */
export const SMALLER_FILTERS: readonly string[] = SMALLER_TIMELINE_LIMITS.map((limit) =>
  JSON.stringify(messages(limit)),
);

/** The position alone, from whatever server: of a room, and where the server heeds it of an invitation, nothing. */
export const BARE_FILTER = JSON.stringify(filterWith(NOTHING, { rooms: [], ephemeral: NOTHING }));
