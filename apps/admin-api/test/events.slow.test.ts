import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { admin, hashOf, VIEWER } from './environment.ts';
import { listen, type McpFixture } from './mcp-fixture.ts';
import { startIdleStore } from './idle-store.ts';
import { test } from './idle-environment.ts';

const MAX_LISTENERS = 64;
const MAX_OF_TOKEN = 16;
/** Transitions replayed to a client that reconnects. */
const MAX_MISSED = 500;

describe.concurrent('an event-stream client', () => {
  test('goes on behind the event that came last, and misses none', async ({ openIdleStore, expect }) => {
    const { app, place } = await openIdleStore();
    await place('acknowledged');
    const all = await listen(app.adminUrl, { 'last-event-id': '0' });
    expect(all.headers.get('content-type')).toBe('text/event-stream');
    expect(all.headers.get('cache-control')).toBe('no-store');
    await until(() => all.ids().length === 4);
    await all.end();
    const [, second = 0] = all.ids();

    const rest = await listen(app.adminUrl, { 'last-event-id': String(second) });
    await until(() => rest.ids().length === 2);
    const id = await place('confirmed');
    await until(() => rest.said().includes(`"id":"${id}","state":"confirmed"`));
    expect(rest.ids()).toEqual([...all.ids().slice(2), (all.ids().at(-1) ?? 0) + 1]);
    await rest.end();
  });

  test('hears what comes now when the last event was of another store', async ({ openIdleStore, expect }) => {
    const { app, place } = await openIdleStore();
    await place('confirmed');
    const ear = await listen(app.adminUrl, { 'last-event-id': '999999' });
    await until(() => ear.said().includes('event: ping'));
    const id = await place('confirmed');
    await until(() => ear.said().includes(id));
    expect(ear.ids()).toHaveLength(1);
    await ear.end();
  });

  test('that missed many events gets the first five hundred, and is asked to reload the lists', async ({
    openIdleStore,
    expect,
  }) => {
    const { app, place } = await openIdleStore();
    const live = await listen(app.adminUrl);
    for (let count = 0; count < MAX_MISSED + 4; count += 1) await place('rejected');
    const last = await place('rejected');
    // What the feed has not brought to anybody yet would come behind the first five hundred.
    await until(() => live.said().includes(last));
    await live.end();
    const ear = await listen(app.adminUrl, { 'last-event-id': '0' });
    await until(() => ear.said().includes('event: overview'));
    const ids = ear.ids();
    const first = ids[0] ?? 0;
    expect(ids).toEqual(Array.from({ length: MAX_MISSED }, (_, index) => first + index));
    const id = await place('confirmed');
    await until(() => ear.said().includes(id));
    await ear.end();
  });

  test('has sixteen places with one token: the next takes that of the first, and none of another', async ({
    openIdleStore,
    expect,
  }) => {
    const { app } = await openIdleStore();
    const operator = await listen(app.adminUrl);
    const viewers: McpFixture[] = [];
    for (let nth = 0; nth < MAX_OF_TOKEN + 1; nth += 1) viewers.push(await listen(app.adminUrl, {}, VIEWER));
    expect(new Set(viewers.map(({ status }) => status))).toEqual(new Set([200]));
    await viewers[0]?.ended;
    const later = await listen(app.adminUrl, {}, VIEWER);
    await viewers[1]?.ended;
    expect([operator.hasEnded(), viewers[2]?.hasEnded(), later.status]).toEqual([false, false, 200]);
    await Promise.all([operator, later, ...viewers].map(async (ear) => await ear.end()));
  });

  test('is limited in number: the next viewer gets 429, and an operator replaces a viewer', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const viewers = Array.from({ length: MAX_LISTENERS / MAX_OF_TOKEN + 1 }, (_, index) => `viewer-${index}`);
    const tokens = viewers.map((token) => ({ name: token, role: 'viewer', hash: hashOf(token) }));
    const app = await startIdleStore({
      ...env.settings(),
      admin: { ...admin, tokens: [...admin.tokens, ...tokens] },
    });
    try {
      const ears: McpFixture[] = [];
      for (const token of viewers.slice(0, -1)) {
        for (let nth = 0; nth < MAX_OF_TOKEN; nth += 1) ears.push(await listen(app.adminUrl, {}, token));
      }
      expect(new Set(ears.map(({ status }) => status))).toEqual(new Set([200]));
      const over = await listen(app.adminUrl, {}, viewers.at(-1));
      await over.ended;
      expect([
        over.status,
        over.headers.get('content-type'),
        Number(over.headers.get('retry-after')) > 0,
      ]).toEqual([429, 'application/problem+json', true]);
      expect(JSON.parse(over.said())).toMatchObject({ todo: expect.stringContaining('Close another page') });
      const operator = await listen(app.adminUrl);
      expect(operator.status).toBe(200);
      await ears[0]?.ended;
      expect(ears[1]?.hasEnded()).toBe(false);
      await operator.end();
      await until(async () => {
        const next = await listen(app.adminUrl, {}, viewers.at(-1));
        if (next.status === 200) ears.push(next);
        return next.status === 200;
      });
      await Promise.all(ears.map(async (ear) => await ear.end()));
    } finally {
      await app.close();
    }
  });

  test('is let go when the app closes, so that it ends at once', async ({
    openEnvironment,
    startProcess,
    expect,
  }) => {
    const env = await openEnvironment();
    const process = await startProcess(env, { admin });
    const printed = z.object({ admin: z.string() });
    const [url = ''] = process.lines().flatMap((line) => {
      const parsed = line.startsWith('{') ? printed.safeParse(JSON.parse(line)).data : undefined;
      return parsed === undefined ? [] : [parsed.admin];
    });
    const ears = await Promise.all([listen(url), listen(url)]);
    await until(() => ears.every((ear) => ear.said().includes('event: ping')));
    const stopped = process.stop();
    // Delivery of the last piece is not guaranteed: clients reconnect.
    await Promise.allSettled(ears.map(async (ear) => await ear.ended));
    expect(await stopped).toBe(0);
  });
});
