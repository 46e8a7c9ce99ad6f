import { z } from 'zod';

/** An event as far as it is read here. Nobody has looked through `content` yet. */
export interface SyncEvent {
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly event_id?: string | undefined;
  readonly sender?: string | undefined;
  /** By the homeserver's clock, which is not ours. */
  readonly origin_server_ts?: number | undefined;
  /** What a redaction takes back, in rooms before version 11; in later ones its content says it. */
  readonly redacts?: string | undefined;
  /** How long ago it was when the homeserver answered, as it counts. */
  readonly age_ms?: number | undefined;
}

export interface SyncRoom {
  readonly timeline: {
    readonly events: readonly SyncEvent[];
    readonly limited: boolean;
    readonly prev_batch?: string | undefined;
  };
  readonly ephemeral: { readonly events: readonly SyncEvent[] };
  /** Its timeline is not what Matrix says: something may be missing in it. */
  readonly odd: boolean;
}

export interface SyncAnswer {
  readonly next_batch: string;
  /** Undefined where what it says of rooms is not what Matrix says. */
  readonly joined: ReadonlyMap<string, SyncRoom> | undefined;
}

export interface MessagesPage {
  readonly chunk: readonly SyncEvent[];
  readonly end?: string | undefined;
}

/*
 * Read by hand, the needed keys alone: a message may hold some ten thousand keys, an answer hundreds of such messages, and
 * a schema would look at each. What is malformed in an event or a room is dropped, not the whole answer with it.
 */
type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

function eventOf(value: unknown): SyncEvent | undefined {
  const fields = fieldsOf(value);
  const { type, content, event_id: eventId, sender, origin_server_ts: sentAtMs, redacts } = fields;
  const { age } = fieldsOf(fields['unsigned']);
  if (typeof type !== 'string' || !isFields(content)) return undefined;
  if (eventId !== undefined && typeof eventId !== 'string') return undefined;
  if (sender !== undefined && typeof sender !== 'string') return undefined;
  if (sentAtMs !== undefined && !Number.isFinite(sentAtMs)) return undefined;
  return {
    type,
    content,
    ...(eventId === undefined ? {} : { event_id: eventId }),
    ...(sender === undefined ? {} : { sender }),
    ...(typeof sentAtMs === 'number' ? { origin_server_ts: sentAtMs } : {}),
    ...(typeof redacts === 'string' ? { redacts } : {}),
    ...(typeof age === 'number' && age >= 0 ? { age_ms: age } : {}),
  };
}

function eventsOf(value: unknown): SyncEvent[] {
  return Array.isArray(value) ? value.flatMap((item) => eventOf(item) ?? []) : [];
}

function roomOf(value: unknown): SyncRoom {
  const room = fieldsOf(value);
  const { timeline } = room;
  const { events, limited, prev_batch: prevBatch } = fieldsOf(timeline);
  const isOdd =
    !isFields(value) ||
    (timeline !== undefined && !isFields(timeline)) ||
    (events !== undefined && !Array.isArray(events)) ||
    (limited !== undefined && typeof limited !== 'boolean') ||
    (limited === true && typeof prevBatch !== 'string');
  return {
    odd: isOdd,
    timeline: { events: eventsOf(events), limited: limited === true, prev_batch: textOf(prevBatch) },
    ephemeral: { events: eventsOf(fieldsOf(room['ephemeral'])['events']) },
  };
}

/** An answer that `read` gives, or that is not what Matrix says where it gives nothing. */
function readBy<T>(read: (fields: Fields) => T | undefined): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const answer = isFields(value) ? read(value) : undefined;
    if (answer !== undefined) return answer;
    context.addIssue({ code: 'custom', message: 'not a valid Matrix response' });
    return z.NEVER;
  });
}

export const syncEvent = readBy(eventOf);

/** What `/sync` tells about joined rooms. */
export const syncAnswer = readBy<SyncAnswer>(({ next_batch: position, rooms }) => {
  if (typeof position !== 'string' || position === '') return undefined;
  const { join } = fieldsOf(rooms);
  const isOdd = [rooms, join].some((value) => value !== undefined && !isFields(value));
  const joined = Object.entries(fieldsOf(join)).map(([id, room]) => [id, roomOf(room)] as const);
  return { next_batch: position, joined: isOdd ? undefined : new Map(joined) };
});

/**
 * One page of `/rooms/{id}/messages`, newest first. An empty one is a word of the homeserver's, by which nothing was said:
 * without events it has to name where it begins, as no page of others does.
 */
export const messagesAnswer = readBy<MessagesPage>(({ chunk, start, end }) => {
  if (Array.isArray(chunk)) return { chunk: eventsOf(chunk), end: textOf(end) };
  const isEmpty = (chunk === undefined || chunk === null) && typeof start === 'string';
  return isEmpty ? { chunk: [], end: textOf(end) } : undefined;
});
