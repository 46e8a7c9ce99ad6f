import { readFileSync, writeFileSync } from 'node:fs';
import { describe } from 'vitest';
import { z } from 'zod';
import { ask, command, test } from './environment.ts';

const DOCUMENT = new URL('../../../docs/openapi.json', import.meta.url);

const READS = [
  '/session',
  '/overview',
  '/hirings',
  '/agents',
  '/sessions',
  '/keys',
  '/workers',
  '/rooms',
  '/alerts',
  '/policy',
  '/settings',
  '/earnings',
  '/doctor',
  '/audit',
] as const;

const BAD: readonly (readonly [path: string, status: number])[] = [
  ['/hirings?limit=0', 400],
  ['/hirings?limit=100000', 400],
  ['/hirings?limit=x', 400],
  ['/hirings?state=lost', 400],
  ['/hirings?cursor=nonsense', 400],
  ['/hirings?agent=x', 400],
  ['/hirings?unknown=1', 400],
  ['/hirings/not-an-id', 400],
  ['/hirings/4816cd2a-e54a-4e6b-8fa1-61d360cccf8f', 404],
  ['/hirings/4816cd2a-e54a-4e6b-8fa1-61d360cccf8f/export', 404],
  ['/agents/4816cd2a-e54a-4e6b-8fa1-61d360cccf8f', 404],
  ['/agents?cursor=-1', 400],
  ['/earnings?from=2026-02-30', 400],
  ['/earnings?from=2026-03-01&to=2026-02-01', 400],
  ['/nowhere', 404],
];

describe.concurrent('every route', () => {
  test('answers, and never with a secret', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp({
      alerts: { webhookUrl: 'https://hooks.example/canary-in-the-path' },
      marketplace: { baseUrl: env.marketplace.url, userToken: env.ownerToken },
    });
    const secrets = [
      env.ownerToken,
      env.storeKey,
      'canary-in-the-path',
      ...env.agents.map(({ apiKey }) => apiKey),
      env.hiclaw.homeserver.adapter.accessToken,
      env.hiclaw.storage.secretKey,
    ];
    for (const path of READS) {
      const answer = await ask(app, path);
      expect([path, answer.status]).toEqual([path, 200]);
      for (const secret of secrets) expect(answer.text).not.toContain(secret);
    }
    expect((await ask(app, '/agents')).body).toMatchObject({
      items: [{ agentId: env.agents[0]?.id, worker: 'alice', paused: null }],
    });
    expect((await ask(app, '/workers')).body).toMatchObject({ items: [{ name: 'alice', state: 'idle' }] });
    expect((await ask(app, '/settings')).body).toMatchObject({
      items: expect.arrayContaining([{ path: 'store.key', value: null, from: 'default', secret: true }]),
    });
  });

  test('says what is wrong with what it is given', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    for (const [path, status] of BAD) {
      const answer = await ask(app, path);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        status,
        'application/problem+json',
      ]);
      expect(answer.body).toMatchObject({ todo: expect.any(String), detail: expect.any(String) });
    }
    const nobody = '/hirings/4816cd2a-e54a-4e6b-8fa1-61d360cccf8f';
    const version = '0'.repeat(64);
    expect((await command(app, `${nobody}/hold`, { version })).status).toBe(404);
    expect((await command(app, `${nobody}/hold`, { version, commandId: 'x' })).status).toBe(400);
    expect((await command(app, `${nobody}/hold`, { version, more: 1 })).status).toBe(400);
    expect((await command(app, `${nobody}/hold`, { version: 'newest' })).status).toBe(400);
    expect((await command(app, `${nobody}/message`, { to: 'nobody', text: 'x' })).status).toBe(400);
    expect((await command(app, '/workers/nobody/start')).status).toBe(404);
    expect((await ask(app, `${nobody}/hold`, { method: 'POST' })).status).toBe(415);
    expect((await ask(app, '/hirings', { method: 'PUT' })).status).toBe(405);
    const broken = await ask(app, `${nobody}/hold`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.status).toBe(400);
    const compressed = await ask(app, `${nobody}/hold`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    expect(compressed.status).toBe(415);
    const long = await command(app, `${nobody}/submit`, { text: 'x'.repeat(2_000_000) });
    expect(long.status).toBe(413);
  });

  test('agents are paused, put back and changed, each once', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp();
    const id = env.agents[0]?.id ?? '';
    expect((await command(app, `/agents/${id}/pause`)).body).toMatchObject({ done: 'paused', problem: null });
    expect((await ask(app, `/agents/${id}`)).body).toMatchObject({
      paused: { since: expect.any(String) },
      hireable: { ok: false },
      listed: { status: 'inactive' },
    });
    expect((await command(app, `/agents/${id}/resume`)).body).toMatchObject({ done: 'resumed' });
    const change = await command(
      app,
      `/agents/${id}`,
      { basePrice: '12.50', capabilities: ['writing'] },
      { method: 'PATCH' },
    );
    expect([change.status, change.text]).toEqual([200, expect.stringContaining('changed')]);
    expect((await ask(app, `/agents/${id}`)).body).toMatchObject({
      listed: { status: 'active', capabilities: ['writing'] },
    });
    // Its key is in the configuration itself, so there is no file for a new one.
    expect((await command(app, `/agents/${id}/rotate-key`)).status).toBe(422);
    expect((await command(app, '/workers/alice/start')).body).toMatchObject({ worker: 'alice' });
  });
});

test('the document that is kept is the one that is served', async ({ openEnvironment, expect }) => {
  const env = await openEnvironment();
  const app = await env.startApp();
  const { body } = await ask(app, '/openapi.json', { token: '' });
  // WRITE_DOCUMENT=1 regenerates it; format it afterwards.
  if (process.env['WRITE_DOCUMENT'] === '1') writeFileSync(DOCUMENT, JSON.stringify(body));
  const kept: unknown = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
  expect(kept).toEqual(body);
  expect(z.object({ openapi: z.literal('3.1.0') }).parse(body)).toBeDefined();
});
