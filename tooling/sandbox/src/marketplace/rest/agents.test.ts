import { describe, expect, test } from 'vitest';

import { openFixture } from '../testing/fixture.ts';

const registration = {
  agent: {
    name: 'Qwen Worker',
    description: 'Writes code',
    capabilities: ['coding'],
    category: 'coding',
    pricing_model: 'fixed',
    base_price: '25.00',
    provider: 'qwen',
    model: 'qwen3',
    metadata: { worker_matrix_id: '@qwen:example.org', anything: { at: 'all' } },
  },
};

describe('POST /api/v1/agents', () => {
  test('lists an active agent and shows its key once', async () => {
    const { call, owner } = await openFixture();
    const headers = { Authorization: `Bearer ${owner.token}` };
    const { status, data } = await call('POST', '/api/v1/agents', { headers, body: registration });
    expect(status).toBe(201);
    expect(data).toEqual({
      agent: expect.anything(),
      api_key: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    });
    expect(data['agent']).toMatchObject({
      name: 'Qwen Worker',
      did: expect.stringMatching(/^did:agrenting:qwen-worker-[0-9a-f]{8}$/),
      status: 'active',
      base_price: '25.00',
      ai_provider: 'qwen',
      metadata: registration.agent.metadata,
    });
    expect(data['agent']).not.toHaveProperty('api_key');
  });

  test('registration_shape changes where id and key stand', async () => {
    const { call, owner, marketplace } = await openFixture();
    const register = async (name: string): Promise<unknown> =>
      (
        await call('POST', '/api/v1/agents', {
          as: owner.token,
          body: { agent: { ...registration.agent, name } },
        })
      ).json;
    marketplace.switches.setDefaults({ registration_shape: 'data_id' });
    expect(await register('One')).toMatchObject({
      data: { id: expect.any(String), api_key: expect.any(String) },
    });
    marketplace.switches.setDefaults({ registration_shape: 'bare_agent' });
    expect(await register('Two')).toMatchObject({
      agent: { id: expect.any(String), api_key: expect.any(String) },
    });
  });

  test('says which fields are wrong, with their paths', async () => {
    const { call, owner } = await openFixture();
    const body = {
      agent: {
        name: '',
        pricing_model: 'barter',
        base_price: '1.005',
        metadata: { callback_url: 'ftp://example.org' },
      },
    };
    const { status, json } = await call('POST', '/api/v1/agents', { as: owner.token, body });
    expect(status).toBe(422);
    expect(json).toMatchObject({
      data: null,
      errors: [
        {
          code: 'VALIDATION_ERROR',
          details: {
            name: expect.any(Array),
            capabilities: expect.any(Array),
            pricing_model: expect.any(Array),
            base_price: ['is not a valid price'],
            'metadata.callback_url': ['must be an http or https URL'],
          },
        },
      ],
    });
    expect((await call('POST', '/api/v1/agents', { as: owner.token, body: {} })).status).toBe(422);
    expect((await call('POST', '/api/v1/agents', { as: owner.token, body: '{' })).status).toBe(400);
  });

  test('a price may be a JSON number, and a DID may be chosen, once', async () => {
    const { call, owner } = await openFixture();
    const body = { agent: { ...registration.agent, base_price: 12.5, did: 'did:web:example.org' } };
    const first = await call('POST', '/api/v1/agents', { as: owner.token, body });
    expect(first.data['agent']).toMatchObject({ base_price: '12.50', did: 'did:web:example.org' });
    const second = await call('POST', '/api/v1/agents', { as: owner.token, body });
    expect(second.json).toMatchObject({ errors: [{ details: { did: ['has already been taken'] } }] });
  });

  test('needs a user’s token', async () => {
    const { call, agent } = await openFixture();
    expect((await call('POST', '/api/v1/agents', { body: registration })).status).toBe(401);
    expect((await call('POST', '/api/v1/agents', { as: agent.apiKey, body: registration })).status).toBe(403);
  });
});

describe('reading agents', () => {
  test('a profile is public, by DID or by id, metadata and all', async () => {
    const { call, agent } = await openFixture();
    for (const name of [encodeURIComponent(agent.did), agent.id]) {
      const { status, data } = await call('GET', `/api/v1/agents/${name}`);
      expect(status).toBe(200);
      expect(data).toMatchObject({
        id: agent.id,
        did: agent.did,
        metadata: { worker_matrix_id: '@coder:example.org' },
      });
      expect(JSON.stringify(data)).not.toContain(agent.apiKey);
    }
    expect((await call('GET', '/api/v1/agents/did:web:nobody')).status).toBe(404);
  });

  test('the list has filters and pages', async () => {
    const { call, marketplace, owner, agent } = await openFixture();
    for (const name of ['A', 'B', 'C']) marketplace.registerAgent({ ownerId: owner.id, name });
    const path = '/api/v1/agents';
    expect((await call('GET', path)).status).toBe(401);
    const review = await call('GET', `${path}?capability=Review`, { as: agent.apiKey });
    expect(review.rows.map(({ name }) => name)).toEqual(['Coder']);
    expect((await call('GET', `${path}?online_only=true`, { as: agent.apiKey })).rows).toEqual([]);

    const first = await call('GET', `${path}?limit=3`, { as: agent.apiKey });
    expect(first.rows).toHaveLength(3);
    const pagination = { total_count: 4, cursor: expect.any(String), has_more: true };
    expect(first.json).toMatchObject({ meta: { pagination } });
    const cursor = /"cursor":"([^"]+)"/.exec(first.text)?.[1] ?? '';
    const last = await call('GET', `${path}?limit=3&offset=0&cursor=${cursor}`, { as: agent.apiKey });
    expect(last.rows.map(({ name }) => name)).toEqual(['C']);
    expect(last.json).toMatchObject({
      meta: { pagination: { total_count: 4, cursor: null, has_more: false } },
    });
    expect((await call('GET', `${path}?limit=101`, { as: agent.apiKey })).status).toBe(422);
    expect((await call('GET', `${path}?cursor=nonsense`, { as: agent.apiKey })).status).toBe(422);
  });
});

describe('PATCH and PUT /api/v1/agents/:id', () => {
  test('patch_agent: a PATCH must carry the whole profile, or what it changes', async () => {
    const { call, marketplace, agent } = await openFixture();
    const path = `/api/v1/agents/${agent.id}`;
    const part = { as: agent.apiKey, body: { agent: { status: 'inactive' } } };
    expect((await call('PATCH', path, part)).status).toBe(422);
    marketplace.switches.set(agent.id, { patch_agent: 'partial' });
    const patched = await call('PATCH', path, part);
    expect(patched.data).toMatchObject({ status: 'inactive', name: 'Coder', base_price: '20.00' });
    expect((await call('PUT', path, part)).status).toBe(422);
  });

  test('the whole profile read back can be written, and metadata is replaced', async () => {
    const { call, agent } = await openFixture();
    const path = `/api/v1/agents/${agent.id}`;
    const { data } = await call('GET', path);
    const body = { agent: { ...data, description: 'Better', metadata: { other: 1 } } };
    const updated = await call('PATCH', path, { as: agent.apiKey, body });
    expect(updated.status).toBe(200);
    expect((await call('GET', path)).data).toMatchObject({ description: 'Better', metadata: { other: 1 } });
    expect((await call('GET', path)).data['metadata']).not.toHaveProperty('worker_matrix_id');
  });

  test('is for the agent and its owner', async () => {
    const { call, marketplace, owner, hirer, agent } = await openFixture();
    const other = marketplace.registerAgent({ ownerId: owner.id, name: 'Other' });
    const path = `/api/v1/agents/${agent.id}`;
    const { data } = await call('GET', path);
    const body = { agent: data };
    expect((await call('PUT', path, { as: owner.token, body })).status).toBe(200);
    expect((await call('PUT', path, { as: hirer.token, body })).status).toBe(403);
    expect((await call('PUT', path, { as: other.apiKey, body })).status).toBe(403);
    expect((await call('PUT', path, { body })).status).toBe(401);
    const moved = { agent: { ...data, did: 'did:web:elsewhere' } };
    expect((await call('PUT', path, { as: owner.token, body: moved })).json).toMatchObject({
      errors: [{ details: { did: ['cannot be changed'] } }],
    });
  });
});
