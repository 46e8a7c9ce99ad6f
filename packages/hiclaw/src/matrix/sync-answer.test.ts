import { Secret } from '@agrenting-hiclaw/core/domain';
import { describe, expect, it } from 'vitest';
import { longestTurnMs } from '../../../core/src/domain/testing/longest-turn.ts';
import { createHomeserver } from '../index.ts';
import { startAnsweringServer } from '../test/answering-server.ts';
import { messagesAnswer, syncAnswer } from './sync-answer.ts';

const event = (content: unknown) => ({
  type: 'm.room.message',
  event_id: '$e',
  sender: '@alice:x',
  origin_server_ts: 1,
  content,
});
let keys = 0;
const keysOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, () => [`k${(keys += 1).toString(36)}`, 0]));

describe('an answer full of what nobody reads', () => {
  it.each([
    ['other keys in each message', () => ({ msgtype: 'm.text', body: 'hi', ...keysOf(6_000) })],
    ['lists in lists', () => ({ body: 'hi', x: Array.from({ length: 20_000 }, () => []) })],
    ['one long text', () => ({ msgtype: 'm.text', body: 'x'.repeat(60_000) })],
  ])('holds the event loop for less than 100 ms: %s', async (_what, contentOf) => {
    const events: unknown[] = [];
    // Two thirds of what is read of one answer: the machine may give half of what it does when nothing else runs there.
    for (let bytes = 0; bytes < 1_300_000; bytes += JSON.stringify(events.at(-1)).length) {
      events.push(event(contentOf()));
    }
    const page = Buffer.from(JSON.stringify({ chunk: events }));
    const sync = Buffer.from(
      JSON.stringify({ next_batch: 'p', rooms: { join: { '!r:x': { timeline: { events } } } } }),
    );
    const server = await startAnsweringServer(({ url = '' }, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(url.includes('/sync') ? sync : page);
    });
    const homeserver = createHomeserver({
      url: server.url,
      userId: '@us:x',
      accessToken: new Secret('canary-token'),
    });
    const read = async () => {
      const synced = await homeserver.call({ method: 'GET', path: '/v3/sync', answer: syncAnswer });
      const paged = await homeserver.call({ method: 'GET', path: '/v3/messages', answer: messagesAnswer });
      expect([synced.kind, paged.kind]).toEqual(['answered', 'answered']);
    };
    expect(await longestTurnMs(read, 100)).toBeLessThan(100);
    homeserver.close();
    await server.close();
  });
});

describe('one odd room or message', () => {
  it.each([
    ['a room that is no object', { '!odd:x': 7 }],
    ['a timeline that is a text', { '!odd:x': { timeline: 'nothing' } }],
    ['events that are no list', { '!odd:x': { timeline: { events: {} }, ephemeral: [] } }],
    ['a message without content', { '!odd:x': { timeline: { events: [null, event('text'), event([])] } } }],
    ['a room named as a key of every object', JSON.parse('{"__proto__":{"timeline":null}}')],
  ])('takes nothing from the others: %s', (_what, odd: Record<string, unknown>) => {
    const join = { ...odd, '!r:x': { timeline: { events: [event({ body: 'hi' })] } } };
    const answer = syncAnswer.parse({ next_batch: 'p', rooms: { join } });
    expect(answer.joined?.get('!r:x')?.timeline.events).toMatchObject([{ content: { body: 'hi' } }]);
    expect(answer.joined?.get('!odd:x')?.timeline.events ?? []).toEqual([]);
  });

  it.each([[null], [[]], [{}], [{ next_batch: '' }], [{ next_batch: 7 }]])(
    'is no answer without a position: %j',
    (value) => {
      expect(syncAnswer.safeParse(value).success).toBe(false);
    },
  );
});

describe('a page of messages', () => {
  it.each([
    [
      { chunk: [], start: 's' },
      { chunk: [], end: undefined },
    ],
    [
      { chunk: [], end: 'e' },
      { chunk: [], end: 'e' },
    ],
    [{ start: 's' }, { chunk: [], end: undefined }],
    [
      { chunk: null, start: 's', end: 'e' },
      { chunk: [], end: 'e' },
    ],
  ])('may be empty: %j', (value, page) => {
    expect(messagesAnswer.parse(value)).toEqual(page);
  });

  it.each([
    [{}],
    [{ status: 'ok', message: 'maintenance until 06:00' }],
    [{ chunk: 'x', start: 's' }],
    [{ end: 'e' }],
  ])(
    'is none that says nothing of messages, since whatever was said would be taken for unsaid: %j',
    (value) => {
      expect(messagesAnswer.safeParse(value).success).toBe(false);
    },
  );
});
