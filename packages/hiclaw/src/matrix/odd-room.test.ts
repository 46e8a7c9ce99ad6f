import { Secret, TheirClock } from '@agrenting-hiclaw/core/domain';
import { describe, expect, it } from 'vitest';
import { createHomeserver, createRoomListener, type Homeserver } from '../index.ts';
import { startAnsweringServer } from '../test/answering-server.ts';
import { eventually, MemoryActivityLog, SkippingClock } from '../test/world.ts';
import type { RoomProblem } from './room-report.ts';

const GOOD = { roomId: '!good:x', userId: '@good:x' };
const ODD = { roomId: '!odd:x', userId: '@odd:x' };

const message = (userId: string, body: string) => ({
  type: 'm.room.message',
  event_id: `$${body}`,
  sender: userId,
  origin_server_ts: 1_000,
  content: { msgtype: 'm.text', body },
});
const receipt = { type: 'm.receipt', content: { $x: { 'm.read': { [ODD.userId]: { ts: 1_000 } } } } };

/** A room as it should be, with everything that an answer may hold of it. */
const usual = () => ({
  timeline: { events: [message(ODD.userId, 'odd is done')], limited: false, prev_batch: 'p' },
  ephemeral: { events: [receipt] },
  state: { events: [] },
  account_data: { events: [] },
  unread_notifications: { notification_count: 0 },
  summary: { 'm.heroes': [] },
});

const MISSING = Symbol('missing');
const VALUES: readonly unknown[] = [
  MISSING,
  null,
  7,
  'text',
  true,
  [],
  {},
  [null],
  [[]],
  { events: null },
  -1e308,
];

type Path = readonly (string | number)[];

/** The paths to everything in a value, itself included. */
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: unknown, index): unknown => (index === key ? replaced(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (name !== key) return [[name, inner]];
      const put = replaced(inner, rest, by);
      return put === MISSING ? [] : [[name, put]];
    }),
  );
}

interface Listened {
  readonly activityLog: MemoryActivityLog;
  readonly troubles: readonly RoomProblem[];
}

/** Listens to a homeserver that gives these documents, until the good room is heard. */
async function listenTo(sync: unknown, messagesOfOdd: unknown): Promise<Listened> {
  const activityLog = new MemoryActivityLog();
  activityLog.positions.push('before');
  const troubles: RoomProblem[] = [];
  const documents = (path: string, query: Readonly<Record<string, string>> = {}): unknown => {
    if (path.endsWith('/filter')) return { filter_id: 'f' };
    if (path.endsWith('/joined_rooms')) return { joined_rooms: [GOOD.roomId, ODD.roomId] };
    if (path === '/v3/sync') return query['since'] === 'before' ? sync : { next_batch: 'after' };
    if (path.includes(encodeURIComponent(GOOD.roomId))) {
      return { chunk: [message(GOOD.userId, 'good is done')], end: 'before' };
    }
    return messagesOfOdd;
  };
  const homeserver: Homeserver = {
    serverName: 'x',
    userId: '@us:x',
    clock: new TheirClock(),
    async call({ path, query, answer }) {
      await new Promise((resolve) => setImmediate(resolve));
      const parsed = answer.safeParse(documents(path, query));
      return parsed.success
        ? { kind: 'answered', value: parsed.data }
        : { kind: 'failed', failure: { kind: 'lost', problem: 'answered 500' } };
    },
    readMedia: () => Promise.resolve({ kind: 'failed', failure: { kind: 'lost', problem: 'none' } }),
    close: () => {},
  };
  const stop = new AbortController();
  const listener = createRoomListener({
    homeserver,
    activityLog,
    clock: new SkippingClock(),
    random: () => 0,
    rooms: () => Promise.resolve([ODD, GOOD]),
    sinceMs: 0,
    longPollMs: 0,
    report: (_problem, lastFailure) => troubles.push(lastFailure),
  });
  const ended = listener.run(stop.signal);
  await eventually('the place moves on', () => activityLog.positions.includes('after'), 15_000).finally(() =>
    stop.abort(),
  );
  await ended;
  return { activityLog, troubles };
}

const answerWith = (odd: unknown) => ({
  next_batch: 'now',
  rooms: {
    join: {
      ...(odd === MISSING ? {} : { [ODD.roomId]: odd }),
      [GOOD.roomId]: { timeline: { events: [message(GOOD.userId, 'good is done')] } },
    },
  },
});
const oddMessages = { chunk: [message(ODD.userId, 'odd is done')], end: 'before' };

describe('a room of which a homeserver answers oddly', () => {
  it.each(pathsIn(usual()).map((path) => [path.join('.') || 'itself', path] as const))(
    'keeps nobody from hearing the others: %s',
    async (_, path) => {
      for (const value of VALUES) {
        const { activityLog } = await listenTo(answerWith(replaced(usual(), path, value)), oddMessages);
        expect(activityLog.texts()).toContain('good is done');
      }
    },
  );

  it.each<[string, Path, unknown]>([
    ['no timeline', ['timeline'], null],
    ['events that are no list', ['timeline', 'events'], null],
    ['a gap of which it does not say where it begins', ['timeline', 'limited'], 'yes'],
    ['nothing at all', [], null],
  ])('is read separately, reported once and by name: %s', async (_, path, value) => {
    const { activityLog, troubles } = await listenTo(answerWith(replaced(usual(), path, value)), oddMessages);
    expect(new Set(activityLog.texts())).toEqual(new Set(['good is done', 'odd is done']));
    expect(troubles).toEqual([{ code: 'odd_answer', roomId: ODD.roomId }]);
  });

  it('does not hold up the others where its messages cannot be read either', async () => {
    const { activityLog, troubles } = await listenTo(answerWith({ timeline: null }), 'no page');
    expect(activityLog.texts()).toEqual(['good is done']);
    expect(troubles).toContainEqual({ code: 'unread', roomId: ODD.roomId });
  });

  it.each([{ rooms: null }, { rooms: [] }, { rooms: { join: null } }, { rooms: { join: [1] } }])(
    'or of all rooms at once: %j',
    async (rooms) => {
      const { activityLog } = await listenTo({ next_batch: 'now', ...rooms }, oddMessages);
      expect(new Set(activityLog.texts())).toEqual(new Set(['good is done', 'odd is done']));
    },
  );
});

describe('more invitations than can be read at once, whatever is asked for', () => {
  it.each(['first', 'last'])('keep nobody from being heard, with the position %s', async (place) => {
    const invitation = {
      invite_state: { events: [{ type: 'm.room.name', content: { name: 'x'.repeat(60_000) } }] },
    };
    const invite = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`!r${index}:x`, invitation]),
    );
    const position = { next_batch: 'now' };
    const huge = Buffer.from(
      JSON.stringify(
        place === 'first' ? { ...position, rooms: { invite } } : { rooms: { invite }, ...position },
      ),
    );
    const server = await startAnsweringServer(({ url = '' }, response) => {
      const documents: readonly (readonly [string, unknown])[] = [
        ['/filter', { filter_id: 'f' }],
        ['/joined_rooms', { joined_rooms: [GOOD.roomId] }],
        ['/messages', { chunk: [message(GOOD.userId, 'good is done')], end: 'before' }],
        ['since=before', undefined],
      ];
      const document = documents.find(([part]) => url.includes(part)) ?? ['', { next_batch: 'after' }];
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(document[1] === undefined ? huge : JSON.stringify(document[1]));
    });
    const homeserver = createHomeserver({
      url: server.url,
      userId: '@us:x',
      accessToken: new Secret('canary-token'),
    });
    const activityLog = new MemoryActivityLog();
    activityLog.positions.push('before');
    const stop = new AbortController();
    const ended = createRoomListener({
      homeserver,
      activityLog,
      clock: new SkippingClock(),
      random: () => 0,
      rooms: () => Promise.resolve([GOOD]),
      sinceMs: 0,
      longPollMs: 0,
    }).run(stop.signal);
    await eventually('the place moves on', () => activityLog.positions.includes('after'), 15_000).finally(
      () => stop.abort(),
    );
    await ended;
    expect(activityLog.texts()).toEqual(['good is done']);
    homeserver.close();
    await server.close();
  });
});
