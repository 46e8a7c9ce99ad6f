import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { OpenAPIHono } from '@hono/zod-openapi';
import { hiringIdSchema, type NumberedTransition } from '@agrenting-hiclaw/core/domain';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ApiEnv } from '../src/access/guard.ts';
import { startServer } from '../src/http/server.ts';
import type { Listener } from '../src/views/transition-feed.ts';
import { addEvents } from '../src/routes/events.ts';

/** The events alone, over moves that a test makes up. */
function openEvents() {
  const listeners = new Set<Listener>();
  const closing = new AbortController();
  const welcome = new Set<string>();
  let newest = 0;
  const api = new OpenAPIHono<ApiEnv>();
  api.use(async (context, next) => {
    context.set('sessionSecret', context.req.header('x-session'));
    await next();
  });
  addEvents(api, {
    access: {
      bySession: async (secret) =>
        await Promise.resolve(
          welcome.has(secret) ? { name: 'olga', role: 'operator', tokenHash: '' } : undefined,
        ),
    },
    feed: {
      get newest() {
        return newest;
      },
      listen(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    store: {
      overview: {
        transitionsAfter: async () => await Promise.resolve([]),
        latestTransitions: async () => await Promise.resolve([]),
      },
    },
    stop: closing.signal,
  });
  return {
    api,
    listeners,
    closing,
    welcome,
    /** So many moves at once. */
    transition: (count: number): void => {
      const transitions = Array.from({ length: count }, (): NumberedTransition => {
        newest += 1;
        const hiringId = hiringIdSchema.parse(randomUUID());
        return { sequence: newest, hiringId, attempt: 1, atMs: 1, from: 'received', to: 'confirmed' };
      });
      for (const { onTransitions } of listeners) onTransitions(transitions);
    },
  };
}

/** Reads on until words come. */
async function readUntil(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  isSo: (text: string) => boolean,
): Promise<string> {
  let text = '';
  while (!isSo(text)) {
    const { done, value } = await reader.read();
    if (done) return `${text}(end)`;
    text += new TextDecoder().decode(value);
  }
  return text;
}

function readerOf({ body }: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (body === null) throw new Error('expected a body');
  return body.getReader();
}

const count = (text: string, words: string): number => text.split(words).length - 1;

describe('while nothing moves', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  test('a ping comes every fifteen seconds, so that no proxy takes it for dead', async () => {
    const { api, closing } = openEvents();
    const reader = readerOf(await api.request('/events'));
    expect(await readUntil(reader, (text) => text.includes('event: ping'))).toContain('retry: 1000');
    for (let ping = 0; ping < 4; ping += 1) {
      const next = readUntil(reader, (text) => text.includes('event: ping'));
      vi.advanceTimersByTime(15_000);
      expect(await next).toBe('event: ping\ndata: {}\n\n');
    }
    closing.abort();
    expect(await readUntil(reader, () => false)).toBe('(end)');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('whose session has ended is disconnected at the next ping', async () => {
    const { api, listeners, welcome } = openEvents();
    welcome.add('secret');
    const headers = { 'x-session': 'secret' };
    const reader = readerOf(await api.request('/events', { headers }));
    await readUntil(reader, (text) => text.includes('event: ping'));
    const next = readUntil(reader, (text) => text.includes('event: ping'));
    vi.advanceTimersByTime(15_000);
    expect(await next).toContain('event: ping');
    welcome.clear();
    vi.advanceTimersByTime(15_000);
    expect(await readUntil(reader, () => false)).toBe('(end)');
    expect([listeners.size, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe('a reader that does not read', () => {
  test('is disconnected, and its unread buffer is bounded', async () => {
    const { api, listeners, transition } = openEvents();
    const reader = readerOf(await api.request('/events'));
    await until(() => listeners.size === 1);
    let transitions = 0;
    while (listeners.size > 0 && transitions < 100_000) {
      transition(100);
      transitions += 100;
    }
    expect(listeners.size).toBe(0);
    // What lay there is read to its end: a quarter of a mebibyte, and the batch that went over it.
    const text = await readUntil(reader, () => false);
    expect(text.length).toBeLessThan(400_000);
    expect(count(text, 'event: hiring')).toBeGreaterThan(100);
  });

  test('over a socket is disconnected once the buffers of the system are full', async () => {
    const { api, listeners, transition } = openEvents();
    const server = await startServer({ host: '127.0.0.1', port: 0, trustedProxies: [] }, api);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.pause();
    await until(() => listeners.size === 1);
    let transitions = 0;
    // They take some megabytes, and an event has 130 bytes; more than 32 MB would lie in this process.
    while (listeners.size > 0 && transitions < 250_000) {
      transition(500);
      transitions += 500;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(listeners.size).toBe(0);
    socket.destroy();
    await server.close();
  });
});
