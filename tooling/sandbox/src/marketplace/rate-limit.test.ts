import { describe, expect, test } from 'vitest';

import { openFixture } from './testing/fixture.ts';

const path = '/api/v1/hirings/pending';

describe('the general limit', () => {
  test('is 100 requests in a minute by default, said on every answer', async () => {
    const { call, agent, owner, clock } = await openFixture();
    const first = await call('GET', path, { as: agent.apiKey });
    expect(first.headers.get('x-ratelimit-limit')).toBe('100');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('99');
    expect(first.headers.get('retry-after')).toBeNull();
    for (let count = 1; count < 100; count += 1) await call('GET', path, { as: agent.apiKey });
    clock.advance(15_000);
    const over = await call('GET', path, { as: agent.apiKey });
    expect(over.status).toBe(429);
    expect(over.headers.get('retry-after')).toBe('45');
    expect(over.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(over.json).toEqual({
      errors: [{ code: 'RATE_LIMIT_EXCEEDED', message: 'Rate limit exceeded. Retry after 45 seconds.' }],
      meta: { version: '1.0' },
    });
    expect((await call('GET', path, { as: owner.token })).status).toBe(200);
    clock.advance(45_000);
    expect((await call('GET', path, { as: agent.apiKey })).status).toBe(200);
  });

  test('rate_limit_per_minute changes it, and errors carry the headers too', async () => {
    const { call, agent, marketplace } = await openFixture();
    marketplace.switches.set(agent.id, { rate_limit_per_minute: 2 });
    const missing = await call('GET', '/api/v1/nowhere', { as: agent.apiKey });
    expect(missing.status).toBe(404);
    expect(missing.json).toMatchObject({ errors: [{ code: 'ROUTE_NOT_FOUND' }] });
    expect(missing.headers.get('x-ratelimit-limit')).toBe('2');
    expect(missing.headers.get('x-ratelimit-remaining')).toBe('1');
    expect((await call('GET', path, { as: agent.apiKey })).status).toBe(200);
    expect((await call('GET', path, { as: agent.apiKey })).status).toBe(429);
    expect((await call('GET', path)).headers.get('x-ratelimit-limit')).toBe('100');
  });

  test('rate_limit_mcp: whether MCP messages count', async () => {
    const fixture = await openFixture({ switches: { rate_limit_per_minute: 3 } });
    const client = await fixture.goOnline();
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    for (let count = 0; count < 5; count += 1) expect((await client.post(ping)).status).toBe(202);
    fixture.marketplace.switches.set(fixture.agent.id, { rate_limit_mcp: true });
    for (let count = 0; count < 3; count += 1) expect((await client.post(ping)).status).toBe(202);
    expect((await client.post(ping)).status).toBe(429);
  });
});
