import { createHmac, randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { createClientAddress, AuthRateLimit } from '@agrenting-hiclaw/runtime';
import { createKeyCheck } from '../src/webhook/key-check.ts';
import { authorized, dispatchBody, KEY, raw, test } from './bridge-fixture.ts';

const SECRET = 'a-secret-that-both-know';

/** A webhook with everything that the standard has, signed at a time of the marketplace's clock. */
function signedAt(seconds: number): {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const timestamp = String(seconds);
  const body = dispatchBody(randomUUID());
  const signature = createHmac('sha256', SECRET).update(`id.${timestamp}.${body}`).digest('base64');
  const signed = {
    'webhook-id': 'id',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return { body, headers: { ...authorized, ...signed } };
}

describe.concurrent('a key', () => {
  test('that is missing, wrong, empty or not alone is refused with 401, and nothing is kept', async ({
    listen,
    expect,
  }) => {
    const { post, store, log } = await listen();
    const body = dispatchBody(randomUUID());
    for (const authorization of [
      undefined,
      '',
      'ApiKey',
      'ApiKey ',
      'ApiKey wrong',
      `ApiKey ${KEY} x`,
      `Basic ${KEY}`,
    ]) {
      const answer = await post(body, authorization === undefined ? {} : { authorization });
      expect([authorization, answer.status, answer.body]).toEqual([
        authorization,
        401,
        { error: 'Unauthorized' },
      ]);
    }
    expect(await store.list({ limit: 10 })).toEqual([]);
    expect(log.join('')).toContain('the key is missing or wrong');
    expect(log.join('')).not.toContain('wrong x');
  });

  test('behind its scheme in another case is taken: schemes have none', async ({ listen, expect }) => {
    const { post } = await listen();
    const statuses = [];
    for (const scheme of ['apikey', 'APIKEY', 'ApiKey ']) {
      statuses.push((await post(dispatchBody(randomUUID()), { authorization: `${scheme} ${KEY}` })).status);
    }
    expect(statuses).toEqual([200, 200, 200]);
    expect((await post(dispatchBody(randomUUID()), { authorization: KEY.toUpperCase() })).status).toBe(401);
  });

  test('in a header of 10 MB is refused and hurts nobody', async ({ listen, expect }) => {
    const { post, port } = await listen();
    const huge = `POST /webhook/agrenting/hiring HTTP/1.1\r\nhost: x\r\nauthorization: ${'x'.repeat(10 * 1024 * 1024)}\r\n\r\n`;
    expect(await raw(port, [huge])).toMatch(/^(?:HTTP\/1\.1 431 |$)/);
    expect((await post(dispatchBody(randomUUID()))).status).toBe(200);
  });

  test('in one of two Authorization headers is refused, whichever it is', async ({ listen, expect }) => {
    const { port, store } = await listen();
    for (const [first, second] of [
      [KEY, 'wrong'],
      ['wrong', KEY],
      [KEY, KEY],
    ]) {
      const body = dispatchBody(randomUUID());
      const head = `POST /webhook/agrenting/hiring HTTP/1.1\r\nhost: x\r\nauthorization: ${first}\r\nAuthorization: ${second}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
      expect(await raw(port, [head, body])).toMatch(/^HTTP\/1\.1 401 /);
    }
    expect(await store.list({ limit: 10 })).toEqual([]);
  });

  test('is not asked for where the settings are insecure, for a trial on this machine', async ({
    listen,
    expect,
  }) => {
    const { post, url } = await listen({ webhook: { keys: [], insecure: true } });
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect((await post(dispatchBody(randomUUID()), {})).status).toBe(200);
  });

  test('as a query parameter is refused', async ({ listen, expect }) => {
    const { url } = await listen();
    const queried = await fetch(`${url}?key=${KEY}&authorization=ApiKey%20${KEY}`, {
      method: 'POST',
      body: dispatchBody(randomUUID()),
    });
    expect(queried.status).toBe(401);
  });

  test('that is being rotated is valid beside the new one, until it is taken out', async ({
    listen,
    expect,
  }) => {
    const next = 'the-next-key-of-the-webhook-0123';
    const both = await listen({ webhook: { keys: [KEY, next] } });
    for (const key of [KEY, next]) {
      expect((await both.post(dispatchBody(randomUUID()), { authorization: `ApiKey ${key}` })).status).toBe(
        200,
      );
    }
    const fresh = await listen({ webhook: { keys: next } });
    expect((await fresh.post(dispatchBody(randomUUID()))).status).toBe(401);
  });

  test('is checked in constant time: a right beginning takes no longer than a wrong one', ({ expect }) => {
    const check = createKeyCheck({ keys: [new Secret(KEY)], header: 'Authorization', scheme: 'ApiKey' });
    const near = ['authorization', `ApiKey ${KEY.slice(0, -1)}x`];
    const far = ['authorization', `ApiKey x${KEY.slice(1)}`];
    // 100,000 samples, taken in turn, in blocks that smooth out what else the machine does.
    const blocks = Array.from({ length: 1_000 }, () => [timed(check, near), timed(check, far)] as const);
    const differences = blocks.slice(200).map(([one, other]) => one - other);
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const sorted = differences.toSorted((one, other) => one - other);
    const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
    expect(Number.isFinite(mean)).toBe(true);
    // Of a comparison that ends at the first difference the middle is off by some nanoseconds a character.
    const typical = blocks.map(([one]) => one).toSorted((one, other) => one - other)[500] ?? 0;
    expect(Math.abs(middle) / typical).toBeLessThan(0.05);
  });
});

function timed(check: ReturnType<typeof createKeyCheck>, headers: readonly string[]): number {
  const startedAtMs = performance.now();
  for (let count = 0; count < 50; count += 1) check(headers);
  return performance.now() - startedAtMs;
}

describe.concurrent('failed attempts', () => {
  test('are answered 429 from the eleventh in a minute on, while a right key is still taken', async ({
    listen,
    expect,
  }) => {
    const { post } = await listen();
    const statuses = [];
    for (let count = 0; count < 12; count += 1) statuses.push((await post('{}', {})).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    const limited = await post('{}', {});
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await post(dispatchBody(randomUUID()))).status).toBe(200);
  });

  test('are counted by client address, and forgotten after a minute', ({ expect }) => {
    let nowMs = 0;
    const attempts = new AuthRateLimit(() => nowMs);
    for (let count = 0; count < 10; count += 1) expect(attempts.note('10.0.0.1')).toBeUndefined();
    expect(attempts.note('10.0.0.1')).toBe(60);
    expect(attempts.note('10.0.0.2')).toBeUndefined();
    nowMs = 60_001;
    expect(attempts.note('10.0.0.1')).toBeUndefined();
  });

  test('of one IPv6 network are one client’s', ({ expect }) => {
    const attempts = new AuthRateLimit(() => 0);
    for (let count = 0; count < 10; count += 1) attempts.note(`2001:db8:1:2::${count}`);
    expect(attempts.note('2001:db8:1:2::ffff')).toBeGreaterThan(0);
    expect(attempts.note('2001:db8:1:3::1')).toBeUndefined();
  });

  test('of very many clients are remembered within bounds', ({ expect }) => {
    const attempts = new AuthRateLimit(() => 0);
    for (let count = 0; count < 11; count += 1) attempts.note('10.0.0.1');
    for (let client = 0; client < 20_000; client += 1) attempts.note(`client-${client}`);
    // It was forgotten, which a bound costs.
    expect(attempts.note('10.0.0.1')).toBeUndefined();
  });
});

describe('the client address', () => {
  const direct = createClientAddress([], 'webhook.trustedProxies');
  const proxied = createClientAddress(['10.0.0.0/8', '127.0.0.1', 'fd00::/8'], 'webhook.trustedProxies');

  test.for([
    ['without trusted proxies nobody is believed', direct, '10.1.1.1', '203.0.113.9', '10.1.1.1'],
    ['of a peer that is no proxy is its own', proxied, '198.51.100.7', '203.0.113.9', '198.51.100.7'],
    [
      'is the rightmost that no trusted proxy is',
      proxied,
      '10.1.1.1',
      '1.1.1.1, 203.0.113.9, 10.2.2.2',
      '203.0.113.9',
    ],
    [
      'is not what the client wrote to the left of it',
      proxied,
      '127.0.0.1',
      '127.0.0.1, 203.0.113.9',
      '203.0.113.9',
    ],
    ['is a proxy where all are', proxied, '127.0.0.1', '10.9.9.9', '10.9.9.9'],
    ['stops at what is no address', proxied, '10.1.1.1', '203.0.113.9, nonsense, 10.2.2.2', '10.2.2.2'],
    ['is the proxy without the header', proxied, '10.1.1.1', undefined, '10.1.1.1'],
    [
      'knows an IPv4 address in IPv6 writing',
      proxied,
      '::ffff:10.1.1.1',
      '::ffff:203.0.113.9',
      '203.0.113.9',
    ],
    [
      'is looked for behind sixteen proxies at most',
      proxied,
      '10.1.1.1',
      `203.0.113.9, 10.0.0.1, ${Array.from({ length: 15 }, () => '10.0.0.2').join(', ')}`,
      '10.0.0.1',
    ],
    [
      'is found behind fifteen proxies',
      proxied,
      '10.1.1.1',
      `203.0.113.9, ${Array.from({ length: 15 }, () => '10.0.0.2').join(', ')}`,
      '203.0.113.9',
    ],
    ['knows IPv6 networks', proxied, 'fd12::1', '2001:db8::5', '2001:db8::5'],
  ] as const)('%s', ([, clientOf, peer, forwarded, expected], { expect }) => {
    expect(clientOf(peer, forwarded)).toBe(expected);
  });

  test('a proxy that is no address stops the start with what to write', ({ expect }) => {
    for (const proxy of ['nonsense', '10.0.0.0/99', '10.0.0.0/8/8', '10.0.0']) {
      expect(() => createClientAddress(['10.0.0.1', proxy], 'webhook.trustedProxies')).toThrow(
        /webhook\.trustedProxies\.1/,
      );
    }
  });
});

describe.concurrent('a signature', () => {
  const sign = (body: string) => createHmac('sha256', SECRET).update(body).digest();
  const webhook = { signatureSecrets: [SECRET] };

  test('that is required and absent or wrong is refused, and one over other bytes, too', async ({
    listen,
    expect,
  }) => {
    const { post } = await listen({ webhook });
    const body = dispatchBody(randomUUID());
    const spaced = `${body} `;
    for (const signature of [
      undefined,
      '',
      'nonsense',
      sign(spaced).toString('base64'),
      `sha256=${'0'.repeat(64)}`,
    ]) {
      const headers = signature === undefined ? {} : { 'x-webhook-signature': signature };
      expect((await post(body, { ...authorized, ...headers })).status).toBe(401);
    }
    expect(
      (await post(body, { ...authorized, 'x-webhook-signature': sign(body).toString('hex').toUpperCase() }))
        .status,
    ).toBe(200);
  });

  test('that is optional may be absent, but not wrong', async ({ listen, expect }) => {
    const { post } = await listen({ webhook: { ...webhook, signature: 'optional' } });
    expect((await post(dispatchBody(randomUUID()))).status).toBe(200);
    const wrong = { ...authorized, 'x-webhook-signature': 'wrong' };
    expect((await post(dispatchBody(randomUUID()), wrong)).status).toBe(401);
  });

  test('is compared before JSON is parsed', async ({ listen, expect }) => {
    const { post } = await listen({ webhook });
    expect((await post('no json')).status).toBe(401);
    expect(
      (await post('no json', { ...authorized, 'x-webhook-signature': sign('no json').toString('hex') }))
        .status,
    ).toBe(400);
  });

  test('alone is enough where no key is set, and the secret itself only where that is allowed', async ({
    listen,
    expect,
  }) => {
    const { post } = await listen({ webhook: { ...webhook, keys: [] } });
    const body = dispatchBody(randomUUID());
    expect((await post(body, { 'x-webhook-signature': sign(body).toString('base64') })).status).toBe(200);
    expect((await post(body, { 'x-webhook-secret': SECRET })).status).toBe(401);
    expect((await post(body, {})).status).toBe(401);
  });

  test('in the form of Standard Webhooks fits the standard’s own example', async ({ listen, expect }) => {
    const example = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
    const { post } = await listen({
      webhook: { signatureSecrets: [example], toleranceSeconds: 1_000_000_000 },
    });
    const headers = {
      ...authorized,
      'webhook-id': 'msg_27UH4WbU6Z5A5EzD8u03UvzRbpk',
      'webhook-timestamp': '1649367553',
      'webhook-signature': 'v1,nonsense v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=',
    };
    const body = '{"email":"test@example.com","username":"test_user"}';
    expect((await post(body, headers)).status).toBe(200);
    expect((await post(body, { ...headers, 'webhook-id': 'msg_other' })).status).toBe(401);
  });

  test('with a timestamp too far off is refused', async ({ listen, expect }) => {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const { post } = await listen({ webhook, standingAtMs: nowSeconds * 1_000 });
    const statuses = [];
    for (const offSeconds of [0, -300, 300, -301, 301]) {
      const { body, headers } = signedAt(nowSeconds + offSeconds);
      statuses.push((await post(body, headers)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 401, 401]);
  });

  for (const minutes of [-15, 15]) {
    test(`with a timestamp of a marketplace that is ${minutes} minutes ahead is taken`, async ({
      listen,
      expect,
    }) => {
      const nowSeconds = Math.floor(Date.now() / 1_000);
      const aheadSeconds = minutes * 60;
      const { post } = await listen({
        webhook,
        standingAtMs: nowSeconds * 1_000,
        marketplaceAheadMs: aheadSeconds * 1_000,
      });
      const statuses = [];
      for (const offSeconds of [aheadSeconds, aheadSeconds - 301, 0]) {
        const { body, headers } = signedAt(nowSeconds + offSeconds);
        statuses.push((await post(body, headers)).status);
      }
      expect(statuses).toEqual([200, 401, 401]);
    });
  }
});
