import { randomUUID } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentIdSchema, mcpSessionLease } from '@agrenting-hiclaw/core/domain';
import { describe } from 'vitest';
import { z } from 'zod';
import type { RunningAdminApi } from '../src/app.ts';
import { ask, command, test as environmentTest, type AdminEnvironment } from './environment.ts';
import { startIdleStore } from './idle-store.ts';

interface FromFile {
  readonly env: AdminEnvironment;
  readonly app: RunningAdminApi;
  /** The configuration file. */
  readonly file: string;
  /** That of the key of alice's agent. */
  readonly keyFile: string;
}

const test = environmentTest.extend<{ readonly openFromFile: (withOwner?: boolean) => Promise<FromFile> }>({
  openFromFile: async ({ openEnvironment }, use) => {
    const apps: RunningAdminApi[] = [];
    await use(async (withOwner = true) => {
      const workers = [{ name: 'alice' }, { name: 'bob' }, { name: 'carol' }];
      const metadata = { callback_url: 'http://127.0.0.1:9/', note: { of: 'the owner' } };
      const env = await openEnvironment({ workers, listing: { metadata, description: 'Before.' } });
      const file = join(env.folder, 'adapter.yaml');
      const keyFile = join(env.folder, 'alice-of-old.key');
      const [alice] = env.agents;
      await writeFile(keyFile, `${alice?.apiKey}\n`, { mode: 0o600 });
      const settings = env.settings({
        agents: [{ id: alice?.id, keyFile, worker: 'alice' }],
        marketplace: {
          baseUrl: env.marketplace.url,
          ...(withOwner ? { userToken: env.ownerToken } : {}),
        },
      });
      await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
      const app = await startIdleStore(settings, { ADAPTER_CONFIG: file });
      apps.push(app);
      return { env, app, file, keyFile };
    });
    await Promise.all(apps.map(async (app) => await app.close()));
  },
});

const OFFER = {
  worker: 'bob',
  name: 'Bob writes',
  description: 'Writes notes',
  capabilities: ['writing'],
  price: '12.50',
};
const registered = z.object({ agentId: z.uuid() });

/** What the marketplace lists under an id. */
const listed = (env: AdminEnvironment, id: string | undefined) =>
  env.marketplace.agents().find((agent) => agent.id === id);

describe.concurrent('an agent', () => {
  test('is registered once by a command, its key kept and never shown', async ({ openFromFile, expect }) => {
    const { env, app, file } = await openFromFile();
    const body = { ...OFFER, commandId: randomUUID() };
    const register = async () => await ask(app, '/agents', { method: 'POST', body });
    const first = await register();
    expect([first.status, first.body]).toEqual([
      200,
      {
        agentId: expect.any(String),
        done: 'registered',
        problem: null,
        todo: expect.stringContaining('loads it'),
      },
    ]);
    const again = await register();
    expect(again.text).toBe(first.text);
    const { agentId } = registered.parse(first.body);
    expect(env.marketplace.agents().filter(({ name }) => name === OFFER.name)).toHaveLength(1);
    expect(listed(env, agentId)).toMatchObject({
      ownerId: env.ownerId,
      description: OFFER.description,
      capabilities: OFFER.capabilities,
      basePriceCents: 1_250,
      metadata: { worker_matrix_id: env.hiclaw.worker('bob').userId },
    });
    const key = join(env.folder, 'agents', 'bob.key');
    expect(await readFile(key, 'utf8')).toMatch(/^sealed:v1:/);
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain(agentId);
    expect((await command(app, '/agents', { ...OFFER, name: 'Another' })).status).toBe(409);
    const audit = await ask(app, '/audit');
    expect(audit.body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          action: 'POST agents',
          subject: 'bob',
          commandId: body.commandId,
          outcome: '200',
        }),
      ]),
    });
  });

  test('and another that are registered at once both stand in the configuration', async ({
    openFromFile,
    expect,
  }) => {
    const { app, file } = await openFromFile();
    const answers = await Promise.all(
      ['bob', 'carol'].map(
        async (worker) => await command(app, '/agents', { ...OFFER, worker, name: worker }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const text = await readFile(file, 'utf8');
    for (const { body } of answers) expect(text).toContain(registered.parse(body).agentId);
  });

  test.for([
    ['an unknown worker', { worker: 'zoe' }, 404],
    ['a price in words', { price: 'much' }, 400],
    ['no capability', { capabilities: [] }, 400],
    ['a worker that is a path', { worker: '../bob' }, 400],
  ] as const)('with %s is not registered', async ([, change, status], { openFromFile, expect }) => {
    const { env, app } = await openFromFile();
    const before = env.marketplace.agents().length;
    const answer = await command(app, '/agents', { ...OFFER, ...change });
    expect([answer.status, answer.body]).toEqual([
      status,
      expect.objectContaining({ todo: expect.any(String) }),
    ]);
    expect(env.marketplace.agents()).toHaveLength(before);
  });

  test('is not registered without the owner’s token, nor when the marketplace says no', async ({
    openFromFile,
    expect,
  }) => {
    const without = await openFromFile(false);
    expect((await command(without.app, '/agents', OFFER)).body).toMatchObject({
      status: 422,
      todo: expect.stringContaining('AGRENTING_USER_TOKEN'),
    });
    const { env, app } = await openFromFile();
    env.marketplace.faults.add({ kind: 'error_before_apply', operation: 'agent_register', times: 1 });
    expect((await command(app, '/agents', OFFER)).status).toBe(424);
    expect(env.marketplace.agents().filter(({ name }) => name === OFFER.name)).toEqual([]);
  });

  test('gets a new key once by a command, which is kept in its file', async ({ openFromFile, expect }) => {
    const { env, app, keyFile } = await openFromFile();
    const id = env.agents[0]?.id ?? '';
    const before = await readFile(keyFile, 'utf8');
    const body = { commandId: randomUUID() };
    const rotate = async () => await ask(app, `/agents/${id}/rotate-key`, { method: 'POST', body });
    const first = await rotate();
    expect([first.status, first.body]).toEqual([
      200,
      { agentId: id, done: 'rotated', problem: null, todo: expect.stringContaining('loads it') },
    ]);
    const kept = await readFile(keyFile, 'utf8');
    expect(kept).toMatch(/^sealed:v1:/);
    expect(kept).not.toBe(before);
    expect((await rotate()).text).toBe(first.text);
    expect(await readFile(keyFile, 'utf8')).toBe(kept);
    expect(env.marketplace.requests.visits({ operation: 'rotate_key' })).toHaveLength(1);
    expect((await ask(app, '/keys')).body).toMatchObject({
      items: [{ agentId: id, source: 'file', good: false }],
    });

    // What runs with the new one is taken.
    const [alice] = env.agents;
    const fresh = await startIdleStore(
      env.settings({ agents: [{ id: alice?.id, keyFile, worker: 'alice' }] }),
    );
    expect((await ask(fresh, '/keys')).body).toMatchObject({ items: [{ good: true, problem: null }] });
    await fresh.close();
  });

  test('keeps its old key where the marketplace says no, and its answer where nobody knows', async ({
    openFromFile,
    expect,
  }) => {
    const { env, app, keyFile } = await openFromFile();
    const id = env.agents[0]?.id ?? '';
    const before = await readFile(keyFile, 'utf8');
    const lost = { kind: 'connection_lost_after_apply', operation: 'rotate_key', times: 1 } as const;
    env.marketplace.faults.add(lost);
    const commandId = randomUUID();
    const rotate = async () => await command(app, `/agents/${id}/rotate-key`, { commandId });
    const unknown = await rotate();
    expect([unknown.status, unknown.body]).toEqual([
      424,
      expect.objectContaining({ todo: expect.stringContaining('create a new key on the dashboard') }),
    ]);
    // It is not tried again under this id: nobody knows what the first one did.
    expect((await rotate()).body).toEqual(unknown.body);
    expect(env.marketplace.requests.visits({ operation: 'rotate_key' })).toHaveLength(1);
    expect((await command(app, `/agents/${id}/rotate-key`)).status).toBe(424);
    expect(await readFile(keyFile, 'utf8')).toBe(before);
  });

  test('is changed where it is asked for, and all else of its listing stays', async ({
    openFromFile,
    expect,
  }) => {
    const { env, app } = await openFromFile();
    const id = env.agents[0]?.id ?? '';
    const before = listed(env, id);
    const change = async (body: Record<string, unknown>) =>
      await command(app, `/agents/${id}`, body, { method: 'PATCH' });
    // This marketplace wants the whole listing back, and takes what is left out as taken away.
    expect((await change({ basePrice: '99.99' })).body).toMatchObject({ agentId: id, done: 'changed' });
    expect(listed(env, id)).toEqual({ ...before, basePriceCents: 9_999, updatedAt: expect.any(String) });
    // One that takes a part of it is given no more.
    env.marketplace.switches.set(id, { patch_agent: 'partial' });
    expect((await change({ description: 'After.', status: 'inactive' })).status).toBe(200);
    expect(listed(env, id)).toEqual({
      ...before,
      basePriceCents: 9_999,
      description: 'After.',
      status: 'inactive',
      updatedAt: expect.any(String),
    });
    expect((await change({})).status).toBe(422);
    expect((await change({ basePrice: '0.001' })).status).toBe(400);
  });

  test('is shown with its session as the process that keeps it noted', async ({ openFromFile, expect }) => {
    const { env, app } = await openFromFile();
    const agentId = agentIdSchema.parse(env.agents[0]?.id);
    const shown = async () =>
      await Promise.all(['/sessions', '/agents'].map(async (path) => (await ask(app, path)).body));
    const none = { state: 'none', since: null, lastPingAt: null, drops: null, holder: null };
    expect(await shown()).toMatchObject([{ items: [{ agentId, ...none }] }, { items: [{ session: null }] }]);

    const holder = 'mcp-client@box';
    await app.store.leases.take(mcpSessionLease(agentId), holder, Date.now(), 600_000);
    const unknown = { ...none, state: 'held', holder };
    expect(await shown()).toMatchObject([{ items: [unknown] }, { items: [{ session: unknown }] }]);

    const noted = { agentId, holder, sinceMs: 1_000, lastPingAtMs: 61_000, drops: 3 };
    await app.store.agentSessions.note(noted);
    const since = '1970-01-01T00:00:01.000Z';
    const fares = { state: 'held', since, lastPingAt: '1970-01-01T00:01:01.000Z', drops: 3, holder };
    expect(await shown()).toMatchObject([{ items: [fares] }, { items: [{ session: fares }] }]);
    // What another process noted before this one has it says nothing of this one.
    await app.store.agentSessions.note({ ...noted, holder: 'mcp-client@elsewhere' });
    expect(await shown()).toMatchObject([{ items: [unknown] }, { items: [{ session: unknown }] }]);

    const lostAtMs = Date.now();
    await app.store.alerts.noteOffline([{ agent: agentId, reason: 'silent' }], lostAtMs);
    const lost = { state: 'silent', since: new Date(lostAtMs).toISOString(), holder };
    expect(await shown()).toMatchObject([{ items: [lost] }, { items: [{ session: lost }] }]);
  });
});
