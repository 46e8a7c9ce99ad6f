import { expect, test } from 'vitest';
import { eventsOf, type StreamEvent } from './event-stream.ts';

const TEXT =
  'retry: 1000\nevent: ping\ndata: {}\n\nid: 7\nevent: hiring\r\ndata: {"id":"ä"}\n\n: nothing\n\ndata: one\ndata: two\n\nevent: cut';

async function read(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<readonly StreamEvent[]> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const events: StreamEvent[] = [];
  for await (const event of eventsOf(body)) events.push(event);
  return events;
}

test.each([1, 2, 3, 7, 1_000])('events are the same in pieces of %d bytes', async (length) => {
  const bytes = new TextEncoder().encode(TEXT);
  const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.slice(index * length, (index + 1) * length),
  );
  expect(await read(pieces)).toEqual([
    { name: 'ping', data: '{}' },
    { name: 'hiring', data: '{"id":"ä"}' },
    { name: 'message', data: '' },
    { name: 'message', data: 'one\ntwo' },
  ]);
});

test('an event without an end is given up', async () => {
  const piece = new TextEncoder().encode('x'.repeat(600_000));
  await expect(read([piece, piece])).rejects.toThrow('no end');
});
