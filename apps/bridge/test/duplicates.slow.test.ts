import { randomUUID } from 'node:crypto';
import { agentIdSchema, hiringIdSchema, parseDocumentForm } from '@agrenting-hiclaw/core/domain';
import { freePort, until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { byWebhook, KEY, settingsOf, test as environmentTest } from './environment.ts';
import { AGENT, dispatchBody, test, type BridgeFixture } from './bridge-fixture.ts';

const agentId = agentIdSchema.parse(AGENT);

/** What another intake hears of the same hiring. */
async function receiveBy({ store }: BridgeFixture, intake: 'mcp' | 'poll', id: string): Promise<string> {
  const raw = JSON.stringify({ id, status: 'in_progress', task_description: `received by ${intake}` });
  const parsed = parseDocumentForm(JSON.parse(raw));
  const [outcome] = await store.hirings.accept([{ intake, agentId, atMs: Date.now(), parsed, raw }]);
  return outcome?.kind ?? 'nothing';
}

describe.concurrent('duplicates and order', () => {
  test.for([2, 100])('the same webhook %i times at once is one hiring', async (times, { listen, expect }) => {
    const { post, store } = await listen();
    const id = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: times }, async () => await post(dispatchBody(id))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await store.list({ limit: 10 })).toHaveLength(1);
    expect(await store.deliveriesOf(hiringIdSchema.parse(id))).toMatchObject([{ intake: 'webhook', times }]);
  });

  test.for([
    ['webhook', 'mcp', 'poll'],
    ['webhook', 'poll', 'mcp'],
    ['mcp', 'webhook', 'poll'],
    ['mcp', 'poll', 'webhook'],
    ['poll', 'webhook', 'mcp'],
    ['poll', 'mcp', 'webhook'],
  ] as const)('%s, then %s, then %s is one hiring', async (order, { listen, expect }) => {
    const bridge = await listen();
    const id = randomUUID();
    for (const intake of order) {
      if (intake === 'webhook') expect((await bridge.post(dispatchBody(id))).status).toBe(200);
      else await receiveBy(bridge, intake, id);
    }
    expect(await bridge.store.list({ limit: 10 })).toHaveLength(1);
    const forms = await bridge.store.deliveriesOf(hiringIdSchema.parse(id));
    expect(forms.map(({ intake }) => intake)).toEqual(order);
  });

  test('two payloads with the same id and different bodies: the first is kept, the other flagged, both are shown', async ({
    listen,
    expect,
  }) => {
    const { post, store, log } = await listen();
    const id = randomUUID();
    const bodies = ['the first', 'the other'].map((description) =>
      dispatchBody(id, { task: { description } }),
    );
    for (const body of bodies) expect((await post(body)).status).toBe(200);
    expect(await store.list({ limit: 10 })).toHaveLength(1);
    const forms = await store.deliveriesOf(hiringIdSchema.parse(id));
    expect(forms.map(({ document }) => document?.reveal())).toEqual(bodies);
    expect(log.filter((line) => line.includes('again with other content') && line.includes(id))).toHaveLength(
      1,
    );
  });

  test('a duplicate while the first is half on disk waits for it and is the same hiring', async ({
    listen,
    expect,
  }) => {
    const { post, store } = await listen();
    const id = randomUUID();
    // Both are in one transaction, or the second is in the next: either way it finds the row.
    const first = post(dispatchBody(id));
    const second = post(dispatchBody(id, { timestamp: '2026-04-16T10:00:01Z' }));
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(await store.list({ limit: 10 })).toHaveLength(1);
  });

  test('a store that cannot keep it is answered 503 with Retry-After, and the next try is heard', async ({
    listen,
    expect,
  }) => {
    const { post, store, log } = await listen();
    await store.close();
    const { status, headers, body } = await post(dispatchBody(randomUUID()));
    expect([status, body]).toEqual([503, { error: 'Service unavailable, retry later' }]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(log.join('')).toContain('could not be stored');
  });
});

describe.concurrent('duplicates and order at the marketplace', () => {
  environmentTest(
    'a replay after the hiring was paid and its documents were erased does not run it again',
    async ({ openEnvironment, expect }) => {
      const port = await freePort();
      const env = await openEnvironment(byWebhook(port));
      const app = await env.startApp(settingsOf(port));
      const { id } = env.hire();
      await env.ended(id);
      const hiringId = hiringIdSchema.parse(id);
      await until(async () => (await app.store.hirings.find(hiringId))?.state === 'completed');
      // The sender still tries long after what told its documents apart was erased.
      for (const timestamp of ['2026-04-16T10:00:00Z', '2026-04-16T10:00:00Z', '2026-04-18T10:00:00Z']) {
        const answer = await fetch(app.webhookUrl, {
          method: 'POST',
          headers: { authorization: `ApiKey ${KEY}` },
          body: dispatchBody(id, { agent_id: env.agents[0]?.id, timestamp }),
        });
        expect(answer.status).toBe(200);
      }
      await until(async () => (await app.store.hirings.find(hiringId))?.rereadWanted === false);
      expect(await app.store.hirings.find(hiringId)).toMatchObject({
        state: 'completed',
        attempt: { number: 1 },
      });
      expect(env.said()).toHaveLength(1);
      expect(env.settlements(id)).toEqual(['result']);
    },
  );

  environmentTest(
    "a hirer's retry runs once more, and its replay does not",
    async ({ openEnvironment, expect }) => {
      const port = await freePort();
      const env = await openEnvironment(byWebhook(port));
      await env.startApp(settingsOf(port));
      const { id } = env.hire('alice', 'Please refuse this: you cannot do it. BLOCKED');
      await until(() => env.said().length === 1);
      env.marketplace.cancel(id);
      env.marketplace.switches.setDefaults({ webhook_dup: 'twice' });
      env.marketplace.retry(id);
      await env.ended(id);
      expect(env.assignments().filter((assignment) => assignment.startsWith(id))).toHaveLength(2);
      expect(env.settlements(id)).toEqual(['result']);
    },
  );

  environmentTest(
    'a hiring that was cancelled before it was heard reaches no worker',
    async ({ openEnvironment, expect }) => {
      const port = await freePort();
      // Only the adapter reports it, after it was cancelled.
      const env = await openEnvironment();
      const app = await env.startApp(settingsOf(port));
      const { id } = env.hire('alice', 'Write a note.', { payment: 'async' });
      env.marketplace.cancel(id);
      await postTo(app.webhookUrl, dispatchBody(id, { agent_id: env.agents[0]?.id }));
      await until(
        async () => (await app.store.hirings.find(hiringIdSchema.parse(id)))?.state === 'cancelled',
      );
      expect(env.said()).toEqual([]);
    },
  );

  environmentTest(
    'a delivery that comes after the hiring was completed elsewhere is noted as completed',
    async ({ openEnvironment, expect }) => {
      const port = await freePort();
      const env = await openEnvironment(byWebhook(port));
      // Nobody listens when the webhook comes first; the result is sent by other means.
      env.marketplace.switches.setDefaults({ webhook_attempts: 1 });
      const { id } = env.hire('alice', 'Write a note.', { payment: 'async' });
      const app = await env.startApp(settingsOf(port));
      await env.marketplace.dispatch(id);
      await env.ended(id);
      const otherStore = await env.startApp({
        ...settingsOf(0),
        store: { file: `${env.folder}/other.sqlite`, key: env.storeKey },
      });
      await postTo(otherStore.webhookUrl, dispatchBody(id, { agent_id: env.agents[0]?.id }));
      await until(
        async () => (await otherStore.store.hirings.find(hiringIdSchema.parse(id)))?.state === 'completed',
      );
      expect(env.said()).toHaveLength(1);
      expect(app.store).not.toBe(otherStore.store);
    },
  );
});

async function postTo(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `ApiKey ${KEY}` }, body });
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
}
