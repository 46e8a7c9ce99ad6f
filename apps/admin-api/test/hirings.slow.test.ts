import { randomUUID } from 'node:crypto';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { ask, command, OPERATOR } from './environment.ts';
import { listen } from './mcp-fixture.ts';
import { ingest, stateOf, test } from './hireable.ts';

const HAIKU = 'Grey waves fold and fall, the last boats come home empty, gulls argue with rain.';

describe.concurrent('hirings', () => {
  test('are listed, searched, shown with their timeline and exported', async ({ openHireable, expect }) => {
    const env = await openHireable();
    const app = await env.startApp();
    const xss = '<img src=x onerror=alert(1)> Write about lighthouses.';
    const id = await ingest(app, env, xss);
    await env.ended(id);
    await until(async () => (await stateOf(app, id)) === 'completed');
    const shown = await ask(app, `/hirings/${id}`);
    expect(shown.headers.get('content-type')).toBe('application/json');
    expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
    expect(shown.body).toMatchObject({
      id,
      state: 'completed',
      worker: 'alice',
      description: xss,
      attempts: [
        {
          number: 1,
          milestones: expect.any(Array),
          settlement: { endpoint: 'result' },
          result: { text: expect.any(String) },
        },
      ],
      timeline: expect.arrayContaining([expect.objectContaining({ event: 'confirmed' })]),
      actions: [],
    });
    for (const query of ['', '?q=lighthouses', `?q=${id.slice(0, 8)}`, '?worker=alice', '?state=completed']) {
      const { body } = await ask(app, `/hirings${query}`);
      expect([query, body]).toEqual([
        query,
        expect.objectContaining({ items: [expect.objectContaining({ id })] }),
      ]);
    }
    expect((await ask(app, '/hirings?q=submarines')).body).toEqual({ items: [], nextCursor: null });
    const archive = await fetch(`${app.adminUrl}/api/v1/hirings/${id}/export`, {
      headers: { authorization: `Bearer ${OPERATOR}` },
    });
    expect(archive.headers.get('content-type')).toBe('application/zip');
    expect(
      Buffer.from(await archive.arrayBuffer())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
    const overview = await ask(app, '/overview');
    expect(overview.body).toMatchObject({
      today: { hirings: 1, grossCents: 1000, feeCents: 50, netCents: 950 },
    });
  });

  test('are held, settled by the owner once, and a command counts once', async ({ openHireable, expect }) => {
    const env = await openHireable();
    const app = await env.startApp();
    env.hiclaw.worker('alice').behave({ kind: 'silent' }, 'next-job');
    const id = await ingest(app, env);
    await until(async () => ['sent', 'acknowledged'].includes((await stateOf(app, id)) ?? ''));
    const seen = async () => {
      const { body } = await ask(app, `/hirings/${id}`);
      return z.object({ version: z.string() }).parse(body).version;
    };
    const early = await command(app, `/hirings/${id}/submit`, { version: await seen(), text: HAIKU });
    expect(early.status).toBe(409);
    const commandId = randomUUID();
    let version = await seen();
    const hold = async () => await command(app, `/hirings/${id}/hold`, { commandId, version });
    await until(async () => {
      const { status } = await hold();
      if (status !== 202) version = await seen();
      return status === 202;
    });
    expect((await hold()).body).toEqual({ state: 'attention' });
    expect((await command(app, `/hirings/${id}/retry`, { commandId, version })).status).toBe(409);
    expect((await ask(app, `/hirings/${id}`)).body).toMatchObject({
      needs: { approves: 'hold' },
      actions: expect.arrayContaining(['retry', 'approve', 'fail', 'submit', 'message']),
    });
    expect((await ask(app, '/hirings?attention=true')).body).toMatchObject({
      items: [{ id, actions: expect.arrayContaining(['retry', 'approve', 'fail']) }],
    });
    const tell = async (path: string, body: Record<string, unknown>) => {
      const give = async () => {
        const named = path === 'message' ? {} : { version: await seen() };
        return await command(app, `/hirings/${id}/${path}`, { ...named, ...body });
      };
      let answer = await give();
      await until(async () => {
        if (answer.status === 409) answer = await give();
        return answer.status !== 409;
      });
      return answer;
    };
    expect((await tell('submit', { text: 'Done.' })).status).toBe(422);
    expect((await tell('message', { to: 'hirer', text: 'It will take a little longer.' })).status).toBe(202);
    expect((await tell('submit', { text: HAIKU })).status).toBe(202);
    await env.ended(id);
    expect(env.settlements(id)).toHaveLength(1);
    expect((await command(app, `/hirings/${id}/hold`, { version: await seen() })).status).toBe(409);
    const audit = await ask(app, '/audit?limit=200');
    expect(audit.body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ who: 'olga', action: 'POST hirings submit', subject: id, outcome: '202' }),
      ]),
    });
  });

  test('move before the eyes of who listens, within a second, also for who comes back', async ({
    openHireable,
    expect,
  }) => {
    const env = await openHireable();
    const app = await env.startApp();
    const ear = await listen(app.adminUrl);
    const id = await ingest(app, env);
    await env.ended(id);
    await until(() => ear.said().includes('"completed"'));
    expect(ear.said()).toContain(`"id":"${id}","state":"confirmed"`);
    expect(ear.said()).toContain('event: overview');
    await ear.end();
    const again = await listen(app.adminUrl, { 'last-event-id': '0' });
    await until(() => again.said().includes('"completed"'));
    expect(again.ids()).toEqual(again.ids().toSorted((one, other) => one - other));
    await again.end();
    expect((await ask(app, '/events', { headers: { 'last-event-id': 'x' } })).status).toBe(400);
  });
});
