import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEventStream } from './event-stream.ts';

interface Read {
  readonly events: readonly (readonly [string, string])[];
  readonly pieces: number;
  readonly oversized: number;
  readonly ended: string;
}

async function read(pieces: readonly Uint8Array[], maxEventCharacters = 1000): Promise<Read> {
  const events: [string, string][] = [];
  let received = 0;
  let oversized = 0;
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const ended = await readEventStream(
    body,
    {
      onBytes: () => (received += 1),
      onEvent: (name, data) => events.push([name, data]),
      onOversized: () => (oversized += 1),
    },
    maxEventCharacters,
  );
  return { events, pieces: received, oversized, ended };
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const STREAM = encode(
  'event: endpoint\r\ndata: /mcp/messages/1\r\n\r\n' +
    ': keep-alive\n\n' +
    'data: {"text":"Grüezi 🙂"}\n\n' +
    'event: message\rdata:no space\r\r' +
    'id: 7\nretry: 1000000000000\ndata: two\ndata: lines\n\n' +
    'retry: 0\n\nevent: ping\ndata:\n\n',
);
const EVENTS = [
  ['endpoint', '/mcp/messages/1'],
  ['message', '{"text":"Grüezi 🙂"}'],
  ['message', 'no space'],
  ['message', 'two\nlines'],
  ['ping', ''],
];

test('reads events with every line ending, comments and several lines', async () => {
  expect(await read([STREAM])).toEqual({ events: EVENTS, pieces: 1, oversized: 0, ended: 'ended' });
});

test('reads the same wherever the stream is cut in two', async () => {
  for (let at = 1; at < STREAM.length; at += 1) {
    const { events } = await read([STREAM.subarray(0, at), STREAM.subarray(at)]);
    expect(events, `cut at ${at}`).toEqual(EVENTS);
  }
});

test('reads the same byte by byte, and each byte is a sign of life', async () => {
  const { events, pieces } = await read(Array.from(STREAM, (byte) => Uint8Array.of(byte)));
  expect(events).toEqual(EVENTS);
  expect(pieces).toBe(STREAM.length);
});

test('reads any messages from any pieces', async () => {
  const messages = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 8 });
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
  await fc.assert(
    fc.asyncProperty(
      messages,
      lineEnd,
      fc.array(fc.nat(400), { maxLength: 20 }),
      async (texts, end, cuts) => {
        const data = texts.map((text) => JSON.stringify(text));
        const bytes = encode(data.map((line) => `data: ${line}${end}${end}`).join(''));
        const places = [0, ...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
        const { events } = await read(pieces);
        expect(events).toEqual(data.map((line) => ['message', line]));
      },
    ),
  );
});

test('leaves out a byte order mark', async () => {
  expect((await read([encode('\ufeffdata: x\n\n')])).events).toEqual([['message', 'x']]);
});

test('leaves out an event over the bound and goes on with the next', async () => {
  const pieces = ['data: {"a":"', 'x'.repeat(600), 'y'.repeat(600), '"}\n\n', 'data: next\n\n'];
  const { events, oversized, ended } = await read(pieces.map((piece) => encode(piece)));
  expect(events).toEqual([['message', 'next']]);
  expect(oversized).toBe(1);
  expect(ended).toBe('ended');
});

test('says when the stream broke off', async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(encode('data: x\n\n'));
    },
    pull(controller) {
      controller.error(new Error('reset'));
    },
  });
  const sink = { onBytes: () => undefined, onEvent: () => undefined, onOversized: () => undefined };
  expect(await readEventStream(body, sink, 1000)).toBe('lost');
});
