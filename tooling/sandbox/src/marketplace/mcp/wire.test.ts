import { describe, expect, test } from 'vitest';

import { openRawClient, type RawClient } from '../testing/raw-client.ts';
import { afterTest, openFixture, type Fixture } from '../testing/fixture.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};
const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
const initializeAnswer =
  '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2024-11-05",' +
  '"capabilities":{"tools":{},"resources":{"subscribe":true,"listChanged":false},"prompts":{}},' +
  '"serverInfo":{"name":"agrenting-sandbox","version":"0"}}}';
const initializeFrame = `event: message\ndata: ${initializeAnswer}\n\n`;

async function connect(fixture: Fixture): Promise<{ client: RawClient; opening: string }> {
  const client = await openRawClient(fixture.marketplace.url, fixture.agent.apiKey);
  afterTest(() => client.close());
  return { client, opening: client.text() };
}

describe('the stream', () => {
  test('opens with the endpoint event, byte for byte', async () => {
    const { client, opening } = await connect(await openFixture());
    expect(client.response.status).toBe(200);
    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    expect(client.response.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(client.response.headers.get('x-ratelimit-limit')).toBe('100');
    expect(client.response.headers.get('x-ratelimit-remaining')).toBe('100');
    expect(opening).toMatch(new RegExp(`^event: endpoint\\ndata: /mcp/messages/${uuid}\\n\\n$`));
  });

  test('endpoint_url makes the URL absolute, or foreign', async () => {
    const fixture = await openFixture();
    const { marketplace, agent } = fixture;
    marketplace.switches.set(agent.id, { endpoint_url: 'absolute' });
    const absolute = await connect(fixture);
    expect(absolute.opening).toMatch(
      new RegExp(`^event: endpoint\\ndata: ${marketplace.url}/mcp/messages/${uuid}\\n\\n$`),
    );
    marketplace.switches.set(agent.id, { endpoint_url: 'foreign' });
    const foreign = await connect(fixture);
    expect(foreign.opening).toMatch(
      new RegExp(`^event: endpoint\\ndata: https://agrenting\\.com/mcp/messages/${uuid}\\n\\n$`),
    );
  });

  test('sse_keepalive_s sends a comment line that often, or never', async () => {
    const fixture = await openFixture();
    const { client, opening } = await connect(fixture);
    fixture.clock.advance(14_999);
    fixture.clock.advance(1);
    await expect.poll(() => client.text()).toBe(`${opening}: keep-alive\n\n`);
    fixture.clock.advance(15_000);
    await expect.poll(() => client.text()).toBe(`${opening}: keep-alive\n\n: keep-alive\n\n`);

    fixture.marketplace.switches.set(fixture.agent.id, { sse_keepalive_s: 0 });
    const silent = await connect(fixture);
    fixture.clock.advance(3_600_000);
    await silent.client.post(initialize);
    await expect.poll(() => silent.client.text()).toBe(`${silent.opening}${initializeFrame}`);
  });

  test('does not open for HEAD, which would leave a session that nobody hears', async () => {
    const { marketplace, call, agent } = await openFixture();
    const head = await call('HEAD', '/mcp/sse', { as: agent.apiKey });
    expect(head.status).toBe(405);
    expect(marketplace.sessions.list()).toEqual([]);
  });
});

describe('rpc_channel', () => {
  test('sse: the POST is only accepted, the answer comes over the stream', async () => {
    const { client, opening } = await connect(await openFixture());
    expect(await client.post(initialize)).toEqual({
      status: 202,
      contentType: 'text/plain;charset=UTF-8',
      body: 'Accepted',
    });
    await expect.poll(() => client.text()).toBe(`${opening}${initializeFrame}`);
    expect((await client.post(initialized)).status).toBe(202);
  });

  test('body: the answer is the POST’s, the stream stays silent', async () => {
    const fixture = await openFixture();
    fixture.marketplace.switches.set(fixture.agent.id, { rpc_channel: 'body' });
    const { client, opening } = await connect(fixture);
    expect(await client.post(initialize)).toEqual({
      status: 200,
      contentType: 'application/json; charset=utf-8',
      body: initializeAnswer,
    });
    expect(await client.post(initialized)).toMatchObject({ status: 202, body: 'Accepted' });
    expect((await client.post({ jsonrpc: '2.0', id: 2, method: 'ping' })).body).toBe(
      '{"jsonrpc":"2.0","id":2,"result":{}}',
    );
    expect(client.text()).toBe(opening);
  });

  test('both: the answer comes twice', async () => {
    const fixture = await openFixture();
    fixture.marketplace.switches.set(fixture.agent.id, { rpc_channel: 'both' });
    const { client, opening } = await connect(fixture);
    expect(await client.post(initialize)).toMatchObject({ status: 200, body: initializeAnswer });
    await expect.poll(() => client.text()).toBe(`${opening}${initializeFrame}`);
  });

  test('body-empty-object: the POST answers {} and the stream the rest', async () => {
    const fixture = await openFixture();
    fixture.marketplace.switches.set(fixture.agent.id, { rpc_channel: 'body-empty-object' });
    const { client, opening } = await connect(fixture);
    expect(await client.post(initialize)).toEqual({
      status: 200,
      contentType: 'application/json; charset=utf-8',
      body: '{}',
    });
    await expect.poll(() => client.text()).toBe(`${opening}${initializeFrame}`);
    expect(await client.post(initialized)).toMatchObject({ status: 200, body: '{}' });
  });

  test('changes at run time, in the middle of a session', async () => {
    const fixture = await openFixture();
    const { client } = await connect(fixture);
    const ping = { jsonrpc: '2.0', id: 3, method: 'ping' };
    expect((await client.post(ping)).status).toBe(202);
    fixture.marketplace.switches.set(fixture.agent.id, { rpc_channel: 'body' });
    expect((await client.post(ping)).status).toBe(200);
  });
});

describe('JSON-RPC', () => {
  async function ready(): Promise<{ fixture: Fixture; ask: (message: unknown) => Promise<string> }> {
    const fixture = await openFixture({ switches: { rpc_channel: 'body' } });
    const { client } = await connect(fixture);
    await client.handshake();
    return { fixture, ask: async (message) => (await client.post(message)).body };
  }

  test('answers what it does not know with the standard codes', async () => {
    const { ask } = await ready();
    expect(await ask({ jsonrpc: '2.0', id: 'a', method: 'resources/teleport' })).toBe(
      '{"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"Method not found: resources/teleport"}}',
    );
    expect(await ask({ jsonrpc: '2.0', id: 2, method: 'resources/read', params: {} })).toBe(
      '{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"Invalid params for resources/read"}}',
    );
    expect(
      await ask({ jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: 'hiring://nothing' } }),
    ).toBe(
      '{"jsonrpc":"2.0","id":3,"error":{"code":-32002,"message":"Resource not found: hiring://nothing"}}',
    );
    expect(await ask({ jsonrpc: '2.0', id: 4, method: 'tools/call', params: { name: 'fly' } })).toBe(
      '{"jsonrpc":"2.0","id":4,"error":{"code":-32602,"message":"Unknown tool: fly"}}',
    );
    expect(await ask('{"jsonrpc":')).toBe(
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}',
    );
    expect(await ask({ hello: true })).toBe(
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid Request"}}',
    );
  });

  test('answers a batch with a batch', async () => {
    const { ask } = await ready();
    const batch = [
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/whatever' },
      { jsonrpc: '2.0', id: 2, method: 'ping' },
    ];
    expect(await ask(batch)).toBe(
      '[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"result":{}}]',
    );
  });
});

describe('initialized', () => {
  const list = { jsonrpc: '2.0', id: 9, method: 'tools/list' };
  const refusal = '{"jsonrpc":"2.0","id":9,"error":{"code":-32600,"message":"Session not initialized"}}';

  async function opens(setting: 'both' | 'standard' | 'legacy', method: string): Promise<boolean> {
    const fixture = await openFixture({ switches: { rpc_channel: 'body', initialized: setting } });
    const { client } = await connect(fixture);
    expect((await client.post(list)).body).toBe(refusal);
    await client.post(initialize);
    expect((await client.post(list)).body).toBe(refusal);
    expect((await client.post({ jsonrpc: '2.0', method })).status).toBe(202);
    return (await client.post(list)).body !== refusal;
  }

  test('both takes either name', async () => {
    expect(await opens('both', 'notifications/initialized')).toBe(true);
    expect(await opens('both', 'initialized')).toBe(true);
  });

  test('standard and legacy take only theirs', async () => {
    expect(await opens('standard', 'notifications/initialized')).toBe(true);
    expect(await opens('standard', 'initialized')).toBe(false);
    expect(await opens('legacy', 'notifications/initialized')).toBe(false);
    expect(await opens('legacy', 'initialized')).toBe(true);
  });
});
