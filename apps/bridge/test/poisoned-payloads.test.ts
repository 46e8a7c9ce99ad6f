import { randomUUID } from 'node:crypto';
import { hiringIdSchema, type HiringRecord } from '@agrenting-hiclaw/core/domain';
import { describe } from 'vitest';
import { AGENT, authorized, dispatchBody, KEY, raw, test, type BridgeFixture } from './bridge-fixture.ts';

const SOON = { headersMs: 200, requestMs: 400, checkedEveryMs: 50 };

/** The hiring as it was kept. */
async function kept({ store }: BridgeFixture, id: string): Promise<HiringRecord | undefined> {
  return await store.hirings.find(hiringIdSchema.parse(id));
}

/** The bridge still takes what is right. */
async function takes({ post }: BridgeFixture): Promise<boolean> {
  return (await post(dispatchBody(randomUUID()))).status === 200;
}

describe.concurrent('a poisoned payload', () => {
  test('of depth 10,000 is refused before anything is built from it', async ({ listen, expect }) => {
    const bridge = await listen();
    const deep = `{"hiring_id":"${randomUUID()}","task_input":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_001)}`;
    expect(await bridge.post(deep)).toMatchObject({ status: 400, body: { error: 'Invalid JSON' } });
    expect((await bridge.post('['.repeat(100_000))).status).toBe(400);
    // Brackets in a text are no depth.
    const id = randomUUID();
    expect((await bridge.post(dispatchBody(id, { task: { description: '[{'.repeat(5_000) } }))).status).toBe(
      200,
    );
    expect(await takes(bridge)).toBe(true);
  });

  test('with __proto__ and constructor keys changes no object of ours', async ({ listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    const body = `{"hiring_id":"${id}","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"task_input":{"__proto__":{"polluted":1},"kept":2}}`;
    expect((await bridge.post(body)).status).toBe(200);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    const record = await kept(bridge, id);
    expect(record?.received.hiring.extras).toEqual({ kept: 2 });
    expect(Reflect.get(record?.received.hiring.extras ?? {}, 'polluted')).toBeUndefined();
  });

  test('with duplicate keys is one hiring: the last of them', async ({ listen, expect }) => {
    const bridge = await listen();
    const [first, last] = [randomUUID(), randomUUID()];
    expect((await bridge.post(`{"hiring_id":"${first}","hiring_id":"${last}"}`)).status).toBe(200);
    expect(await kept(bridge, first)).toBeUndefined();
    expect(await kept(bridge, last)).toMatchObject({ state: 'received' });
  });

  test('with numbers beyond 2^53 and a price of 1e309 is kept as it came', async ({ listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    const body = `{"hiring_id":"${id}","price":"1e309","customer_id":9007199254740993,"task_input":{"n":1e400}}`;
    expect((await bridge.post(body)).status).toBe(200);
    expect((await kept(bridge, id))?.received.hiring.price).toBe('1e309');
    const [form] = await bridge.store.deliveriesOf(hiringIdSchema.parse(id));
    expect(form?.document?.reveal()).toBe(body);
  });

  test('with lone surrogates is kept', async ({ listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    expect(
      (await bridge.post(`{"hiring_id":"${id}","task":{"description":"\\ud800 and \\udfff"}}`)).status,
    ).toBe(200);
    expect((await kept(bridge, id))?.received.hiring.description).toContain(' and ');
  });

  test('with NUL and control characters is kept', async ({ listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    const description = String.raw`a\u0000b\u0007\u001b[31m\u2028`;
    expect((await bridge.post(`{"hiring_id":"${id}","task":{"description":"${description}"}}`)).status).toBe(
      200,
    );
    expect((await kept(bridge, id))?.received.hiring.description).toBe('a\0b\u0007\u001B[31m\u2028');
    // Unescaped they are no JSON.
    expect((await bridge.post(`{"hiring_id":"${randomUUID()}","x":"\u0001"}`)).status).toBe(400);
  });

  test('that is no UTF-8 is no crash', async ({ listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    const start = Buffer.from(`{"hiring_id":"${id}","task":{"description":"`);
    const body = Buffer.concat([start, Buffer.from([0xff, 0xfe, 0xc0, 0x80]), Buffer.from('"}}')]);
    expect((await bridge.post(body)).status).toBe(200);
    expect((await bridge.post(Buffer.from([0xff, 0xfe, 0x00]))).status).toBe(400);
  });

  test('with a description of 1 MB is taken, and over the limit answered 413', async ({ listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    const long = 'x'.repeat(1_000_000);
    expect((await bridge.post(dispatchBody(id, { task: { description: long } }))).status).toBe(200);
    expect((await kept(bridge, id))?.received.hiring.description).toHaveLength(1_000_000);
    const larger = dispatchBody(randomUUID(), { task: { description: `${long}${long}` } });
    expect(await raw(bridge.port, [head({ 'content-length': larger.length }), larger])).toMatch(
      /^HTTP\/1\.1 413 /,
    );
    expect(await takes(bridge)).toBe(true);
  });

  test('keeps unknown fields and executes none', async ({ listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    const body = dispatchBody(id, {
      toString: 'x',
      $where: 'sleep(1)',
      'x; drop table hirings': 1,
    });
    expect((await bridge.post(body)).status).toBe(200);
    const [form] = await bridge.store.deliveriesOf(hiringIdSchema.parse(id));
    expect(form?.document?.reveal()).toBe(body);
    expect(await takes(bridge)).toBe(true);
  });

  test.for([
    '../../agents/x/openclaw.json',
    '%2e%2e%2f',
    'a/b',
    '',
    'x'.repeat(300),
    '550e8400-e29b-41d4-a716-44665544000０',
    '550e8400‐e29b‐41d4‐a716‐446655440000',
    '550e8400-e29b-41d4-a716-446655440000/../x',
    ' 550e8400-e29b-41d4-a716-446655440000',
    '{550e8400-e29b-41d4-a716-446655440000}',
    '550e8400e29b41d4a716446655440000',
  ])('with the hiring_id %j names no hiring and no path', async (hiring_id, { listen, expect }) => {
    const bridge = await listen();
    const { status, body } = await bridge.post(JSON.stringify({ hiring_id, agent_id: AGENT }));
    expect([status, body]).toEqual([200, { status: 'accepted', note: expect.any(String) }]);
    expect(await bridge.store.list({ limit: 10 })).toEqual([]);
    expect(await bridge.store.ignoredDeliveries(10)).toMatchObject([{ what: 'a test delivery' }]);
  });

  test('with a hiring_id in mixed case is the same hiring', async ({ listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    for (const spelling of [id, id.toUpperCase(), `${id.slice(0, 18).toUpperCase()}${id.slice(18)}`]) {
      expect((await bridge.post(dispatchBody(spelling))).status).toBe(200);
    }
    expect(await bridge.store.list({ limit: 10 })).toHaveLength(1);
  });

  test('of a hiring_id that is no text is a trial or an event, and no hiring', async ({ listen, expect }) => {
    const bridge = await listen();
    for (const hiring_id of [null, 7, true, [], {}, [randomUUID()]]) {
      expect((await bridge.post(JSON.stringify({ hiring_id }))).status).toBe(200);
    }
    expect(await bridge.store.list({ limit: 10 })).toEqual([]);
  });
});

describe.concurrent('a poisoned request', () => {
  test('in chunks without a length is read up to the limit', async ({ listen, expect }) => {
    const bridge = await listen({ webhook: { maxBodyBytes: 2_048 } });
    const id = randomUUID();
    const body = dispatchBody(id);
    const chunked = head({ 'transfer-encoding': 'chunked', connection: 'close' });
    const end = '0\r\n\r\n';
    expect(await raw(bridge.port, [chunked, chunk(body), end])).toMatch(/^HTTP\/1\.1 200 /);
    expect(await kept(bridge, id)).toMatchObject({ state: 'received' });
    const long = Array.from({ length: 100 }, () => chunk('x'.repeat(100)));
    expect(await raw(bridge.port, [chunked, ...long])).toMatch(/^HTTP\/1\.1 413 /);
    expect(await takes(bridge)).toBe(true);
  });

  test('with both lengths is refused, and what follows is no request', async ({ listen, expect }) => {
    const bridge = await listen();
    const body = dispatchBody(randomUUID());
    const both = head({ 'content-length': body.length, 'transfer-encoding': 'chunked' });
    expect(await raw(bridge.port, [both, chunk(body), '0\r\n\r\n'])).toMatch(/^HTTP\/1\.1 400 /);
    const twice = head({ 'content-length': `${body.length}\r\ncontent-length: ${body.length + 1}` });
    expect(await raw(bridge.port, [twice, body])).toMatch(/^HTTP\/1\.1 400 /);
    expect(await bridge.store.list({ limit: 10 })).toEqual([]);
    expect(await takes(bridge)).toBe(true);
  });

  test('with a wrong key and a body behind it leaves nothing in the connection', async ({
    listen,
    expect,
  }) => {
    const bridge = await listen();
    const smuggled = `POST /webhook/agrenting/hiring HTTP/1.1\r\nhost: x\r\nauthorization: ${KEY}\r\ncontent-length: 2\r\n\r\n{}`;
    const wrong = head({ authorization: 'ApiKey wrong', 'content-length': smuggled.length });
    const said = await raw(bridge.port, [wrong, smuggled]);
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
    expect(await bridge.store.ignoredDeliveries(10)).toEqual([]);
  });

  test('whose headers come too slowly is cut off', async ({ listen, expect }) => {
    const bridge = await listen({ bounds: SOON });
    const startedAtMs = performance.now();
    expect(await raw(bridge.port, ['POST /webhook/agrenting/hiring HTTP/1.1\r\nhost: x\r\n'])).toMatch(
      /^HTTP\/1\.1 408 /,
    );
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(await takes(bridge)).toBe(true);
  });

  test('whose body comes too slowly is cut off', async ({ listen, expect }) => {
    const bridge = await listen({ bounds: SOON });
    const startedAtMs = performance.now();
    await raw(bridge.port, [head({ 'content-length': 500 }), '{"hiring_id":']);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(await bridge.store.list({ limit: 10 })).toEqual([]);
    expect(await takes(bridge)).toBe(true);
  });
});

function head(headers: Readonly<Record<string, string | number>>): string {
  const all = Object.entries({ host: 'bridge', ...authorized, ...headers });
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /webhook/agrenting/hiring HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
