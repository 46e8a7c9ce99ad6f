import { randomUUID } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import { authorized, dispatchBody, test } from './bridge-fixture.ts';

const CODINGS = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync } as const;

describe.concurrent('a compressed body', () => {
  for (const [coding, compress] of Object.entries(CODINGS)) {
    test(`by ${coding} is answered 415 with what to send instead, and nothing is kept`, async ({
      listen,
      expect,
    }) => {
      const { url, store } = await listen();
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...authorized, 'content-type': 'application/json', 'content-encoding': coding },
        body: compress(dispatchBody(randomUUID())),
      });
      expect(response.status).toBe(415);
      expect(response.headers.get('accept-encoding')).toBe('identity');
      expect(await response.json()).toEqual({ error: expect.stringContaining('uncompressed') });
      expect(await store.list({ limit: 10 })).toEqual([]);
      expect(await store.malformedDeliveries(10)).toEqual([]);
    });
  }

  test('by nothing at all, `identity`, is read', async ({ listen, expect }) => {
    const { post } = await listen();
    const headers = { ...authorized, 'content-encoding': 'identity' };
    expect((await post(dispatchBody(randomUUID()), headers)).status).toBe(200);
  });

  test('of a stranger is answered 401, like any other', async ({ listen, expect }) => {
    const { post } = await listen();
    expect((await post(dispatchBody(randomUUID()), { 'content-encoding': 'gzip' })).status).toBe(401);
  });
});
