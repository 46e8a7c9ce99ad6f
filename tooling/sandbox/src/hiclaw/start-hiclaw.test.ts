import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { RunningHiclaw } from './hiclaw.ts';
import { startHiclaw } from './start-hiclaw.ts';
import { eventually, quick, TestAdapter } from './testing/adapter.ts';

let hiclaw: RunningHiclaw;
let adapter: TestAdapter;

beforeAll(async () => {
  hiclaw = await startHiclaw({
    workers: [
      { name: 'alice' },
      { name: 'bob', running: false },
      { name: 'secret', running: false, encryptedRoom: true },
    ],
    times: quick,
  });
  adapter = new TestAdapter(hiclaw);
});

afterAll(async () => {
  await hiclaw.close();
});

describe('what an adapter finds', () => {
  test('is the same in every run', () => {
    expect(hiclaw.homeserver).toMatchObject({
      serverName: 'matrix-local.hiclaw.io:18080',
      adapter: {
        userId: '@agrenting:matrix-local.hiclaw.io:18080',
        accessToken: 'agrenting-sandbox-token',
        password: 'agrenting-sandbox-password',
        deviceId: 'AGRENTING',
      },
    });
    expect(hiclaw.storage).toMatchObject({
      bucket: 'hiclaw-storage',
      accessKey: 'agrenting',
      secretKey: 'agrenting-sandbox-secret',
    });
    expect(hiclaw.worker('alice').roomId).toBe('!85o06VDKxWUeXbCM5P:matrix-local.hiclaw.io:18080');
  });

  test('are rooms with four members, and encryption where it was asked for', async () => {
    const room = hiclaw.rooms().find((each) => each.roomId === hiclaw.worker('alice').roomId);
    expect(room?.name).toBe('Worker: alice');
    expect(room?.members.toSorted()).toEqual(
      ['admin', 'agrenting', 'alice', 'manager'].map((name) => `@${name}:matrix-local.hiclaw.io:18080`),
    );
    const encryptionOf = async (roomId: string): Promise<number> =>
      (await adapter.call('GET', `/rooms/${encodeURIComponent(roomId)}/state/m.room.encryption`)).status;
    expect(await encryptionOf(hiclaw.worker('secret').roomId)).toBe(200);
    expect(await encryptionOf(hiclaw.worker('bob').roomId)).toBe(404);
    hiclaw.encryptRoom(hiclaw.worker('bob').roomId);
    expect(await encryptionOf(hiclaw.worker('bob').roomId)).toBe(200);
  });

  test("is the worker's allow-list, in storage", async () => {
    const settings = (await adapter.objects.get('agents/alice/openclaw.json'))?.toString() ?? '';
    const { channels } = z
      .object({ channels: z.object({ matrix: z.object({ groupAllowFrom: z.array(z.string()) }) }) })
      .parse(JSON.parse(settings));
    expect(channels.matrix.groupAllowFrom).toContain(adapter.userId);
  });

  test('is the registry of workers', async () => {
    const text = await readFile(join(hiclaw.manager.home, 'workers-registry.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      version: 1,
      workers: {
        alice: {
          matrix_user_id: hiclaw.worker('alice').userId,
          room_id: hiclaw.worker('alice').roomId,
          runtime: 'copaw',
          deployment: 'local',
          role: 'worker',
          team_id: null,
        },
      },
    });
  });
});

test('options that are none are refused', async () => {
  await expect(startHiclaw({ workers: [{ name: 'Not A Name' }] })).rejects.toThrow(z.ZodError);
  await expect(startHiclaw({ workers: [{ name: 'alice', profile: 'copaw-9' }] })).rejects.toThrow(
    'copaw-1.0.9',
  );
  const port = Number(new URL(hiclaw.homeserver.url).port);
  await expect(startHiclaw({ homeserverPort: port })).rejects.toThrow('EADDRINUSE');
});

describe('the control API', () => {
  const control = async (
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${hiclaw.manager.controlUrl}/sandbox${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };

  test('starts, watches and stops a worker', async () => {
    expect(await control('GET', '/workers/bob')).toMatchObject({ body: { name: 'bob', state: 'created' } });
    expect(await control('POST', '/workers/bob/start')).toMatchObject({
      status: 200,
      body: { state: 'starting' },
    });
    await eventually('a listening worker', async () => {
      const { body } = await control('GET', '/workers/bob');
      return JSON.stringify(body).includes('"state":"listening"');
    });
    expect(await control('POST', '/workers/bob/stop')).toMatchObject({ body: { state: 'stopped' } });
    await control('POST', '/workers/bob/fail-starts', { fail: true });
    expect((await control('POST', '/workers/bob/start')).status).toBe(409);
    await control('POST', '/workers/bob/fail-starts', { fail: false });
    expect(await control('POST', '/workers/bob/remove')).toMatchObject({ body: { state: 'removed' } });
  });

  test('tells a worker how to behave, and shows what came of it', async () => {
    const alice = hiclaw.worker('alice');
    const behaviour = { kind: 'fail', reason: 'told so' };
    expect((await control('POST', '/workers/alice/behave', { behaviour, scope: 'next-job' })).status).toBe(
      200,
    );
    await adapter.assign(alice, 'agrenting-1');
    await eventually('a BLOCKED line in the timeline', async () => {
      const { body } = await control('GET', `/rooms/${encodeURIComponent(alice.roomId)}/timeline`);
      return JSON.stringify(body).includes('BLOCKED: agrenting-1 - told so');
    });
    const { body } = await control('GET', '/objects?prefix=shared/tasks/agrenting-1/');
    expect(body).toContainEqual(
      expect.objectContaining({ key: 'shared/tasks/agrenting-1/result.md', writtenBy: 'alice' }),
    );
    const object = await fetch(
      `${hiclaw.manager.controlUrl}/sandbox/object?key=shared/tasks/agrenting-1/result.md`,
    );
    expect(await object.text()).toMatch(/^STATUS: BLOCKED/);
    expect((await control('POST', '/workers/alice/behave', { behaviour: { kind: 'dance' } })).status).toBe(
      400,
    );
  });

  test('sets and clears faults, and turns switches', async () => {
    const fault = { kind: 'rate_limit', operation: 'send', who: adapter.userId };
    expect(await control('POST', '/faults/homeserver', fault)).toMatchObject({
      body: [{ ...fault, times: 1 }],
    });
    expect(await control('GET', '/faults/homeserver')).toMatchObject({ body: [fault] });
    expect(await control('DELETE', '/faults/homeserver')).toEqual({ status: 200, body: [] });
    expect(
      (await control('POST', '/faults/homeserver', { kind: 'error_before_apply', status: 200 })).status,
    ).toBe(400);
    expect((await control('POST', '/faults/mail', fault)).status).toBe(400);
    expect(await control('PATCH', '/switches', { manager: { scripts: '1.2' } })).toMatchObject({
      body: { manager: { scripts: '1.2', containerApiUnavailable: false } },
    });
    await control('PATCH', '/switches', { manager: { scripts: '1.0' } });
    expect((await control('PATCH', '/switches', { manager: { speed: 9 } })).status).toBe(400);
  });

  test('speaks as anybody, and revokes tokens', async () => {
    const alice = hiclaw.worker('alice');
    const admin = `@admin:${hiclaw.homeserver.serverName}`;
    const content = { msgtype: 'm.text', body: `${alice.userId} status?` };
    const said = await control('POST', `/rooms/${encodeURIComponent(alice.roomId)}/say`, {
      sender: admin,
      content,
    });
    expect(said.status).toBe(200);
    await eventually('an answer', () => adapter.saidWith(alice, 'no work open'));
    await control('POST', '/revoke-tokens', { userId: alice.userId });
    await eventually('the disconnection', () => hiclaw.worker('alice').state === 'disconnected');
    expect(await control('GET', '/workers/nobody')).toMatchObject({ status: 404 });
    expect(await control('GET', '/rooms/!none:here/timeline')).toMatchObject({ status: 404 });
  });
});

test('close ends everything, and removes the temporary home', async () => {
  const other = await startHiclaw({ workers: [{ name: 'alice' }], times: quick });
  const { url } = other.homeserver;
  await other.close();
  await expect(fetch(`${url}/_matrix/client/versions`)).rejects.toThrow('fetch failed');
  expect(existsSync(other.manager.home)).toBe(false);
});

test('the program prints where it is, and ends on SIGTERM', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hiclaw-main-'));
  try {
    const seed = join(directory, 'seed.json');
    await writeFile(seed, JSON.stringify({ workers: [{ name: 'dora' }], times: { startMs: 10 } }));
    const program = fileURLToPath(new URL('main.ts', import.meta.url));
    const argv = [
      '--conditions=agrenting-hiclaw-source',
      program,
      '--seed',
      seed,
      '--manager-home',
      join(directory, 'home'),
    ];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = z.tuple([z.string()]).parse(await once(createInterface({ input: child.stdout }), 'line'));
    const ready: unknown = JSON.parse(line);
    expect(ready).toMatchObject({
      hiclaw: 'ready',
      isSandbox: true,
      workers: [{ name: 'dora', state: 'listening' }],
      manager: { home: join(directory, 'home') },
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    await rm(directory, { recursive: true });
  }
});
