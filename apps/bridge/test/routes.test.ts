import { randomUUID } from 'node:crypto';
import { hiringIdSchema } from '@agrenting-hiclaw/core/domain';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { AGENT, authorized, dispatchBody, KEY, test } from './bridge-fixture.ts';

/** The adapter page's example, byte for byte (H). */
const PAGE_EXAMPLE =
  '{"hiring_id":"550e8400-e29b-41d4-a716-446655440000","agent_id":"4816cd2a-e54a-4e6b-8fa1-61d360cccf8f","worker_matrix_id":"@qwen36plus:h.llmotions.com","task":{"description":"Implement a dark-mode toggle in React"},"customer_id":"f9e8d7c6-b5a4-3210-fedc-ba9876543210","price":"25.00","capability":"coding","task_input":{"repo_url":"https://github.com/acme/ui-kit","repo_access_token":"<token>"},"client_message":"Please keep it accessible.","deadline_at":"2026-04-17T12:00:00Z","callback":"https://agrenting.com/api/v1/hirings/550e8400-e29b-41d4-a716-446655440000/result","timestamp":"2026-04-16T10:00:00Z"}';

describe.concurrent('the routes of the adapter page', () => {
  test('take its own example and have it on disk before they answer', async ({ listen, expect }) => {
    const { post, store } = await listen();
    const { status, body } = await post(PAGE_EXAMPLE);
    expect([status, body]).toEqual([200, { status: 'accepted' }]);
    const record = await store.hirings.find(hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000'));
    expect(record).toMatchObject({
      state: 'received',
      agentId: AGENT,
      received: {
        intake: 'webhook',
        hiring: {
          workerMatrixId: '@qwen36plus:h.llmotions.com',
          customerId: 'f9e8d7c6-b5a4-3210-fedc-ba9876543210',
          price: '25.00',
          repoUrl: 'https://github.com/acme/ui-kit',
          deadlineAtMs: Date.parse('2026-04-17T12:00:00Z'),
        },
      },
    });
    expect(record?.received.hiring.repoToken?.reveal()).toBe('<token>');
  });

  test('answer its manual test with 200, record it, and hand nothing over', async ({ listen, expect }) => {
    const { post, store } = await listen();
    const { status, body } = await post(
      '{"hiring_id": "test", "agent_id": "...", "task": {"description": "test"}}',
    );
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'accepted', note: expect.stringContaining('recorded and ignored') });
    expect(await store.list({ limit: 10 })).toEqual([]);
    expect(await store.ignoredDeliveries(10)).toMatchObject([
      { what: 'a test delivery', intake: 'webhook', times: 1 },
    ]);
  });

  test('take the key behind its scheme and bare, and nothing else', async ({ listen, expect }) => {
    const { post } = await listen();
    const statuses = [];
    for (const authorization of [`ApiKey ${KEY}`, KEY, `Bearer ${KEY}`, `ApiKey ${KEY}x`]) {
      statuses.push(await post(dispatchBody(randomUUID()), { authorization }));
    }
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 401, 401]);
    expect(statuses[2]?.body).toEqual({ error: 'Unauthorized' });
  });

  test('say 400 to what is no JSON, and 401 first when the key is wrong, too', async ({ listen, expect }) => {
    const { post } = await listen();
    expect(await post('{"hiring_id":')).toMatchObject({ status: 400, body: { error: 'Invalid JSON' } });
    expect(await post('{"hiring_id":', {})).toMatchObject({ status: 401, body: { error: 'Unauthorized' } });
  });

  test('say 404 elsewhere', async ({ listen, expect }) => {
    const { origin, url } = await listen();
    for (const [method, address] of [
      ['GET', `${origin}/`],
      ['GET', url],
      ['PUT', url],
      ['POST', `${origin}/webhook`],
      ['HEAD', `${origin}/elsewhere`],
    ] as const) {
      const answer = await fetch(address, { method, headers: authorized });
      expect([method, address, answer.status]).toEqual([method, address, 404]);
      if (method !== 'HEAD') expect(await answer.json()).toEqual({ error: 'Not found' });
    }
  });

  test('answer GET /health with its body', async ({ listen, expect }) => {
    const { origin } = await listen();
    const answer = await fetch(`${origin}/health`);
    expect([answer.status, await answer.text()]).toEqual([200, '{"status":"ok"}']);
  });

  test('answer HEAD on the webhook path with 2xx without a key', async ({ listen, expect }) => {
    const { url } = await listen();
    const answers = [
      await fetch(url, { method: 'HEAD' }),
      await fetch(`${url}/?probe=1`, { method: 'HEAD' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('are elsewhere when the settings say so', async ({ listen, expect }) => {
    const { url, origin, store } = await listen({
      webhook: { path: '/hires', header: 'X-Gateway-Key', scheme: 'Key' },
    });
    expect(new URL(url).pathname).toBe('/hires');
    const post = async (address: string, headers: Record<string, string>) =>
      (await fetch(address, { method: 'POST', headers, body: dispatchBody(randomUUID()) })).status;
    expect(await post(url, { 'x-gateway-key': `Key ${KEY}` })).toBe(200);
    expect(await post(url, authorized)).toBe(401);
    expect(await post(`${origin}/webhook/agrenting/hiring`, { 'x-gateway-key': KEY })).toBe(404);
    expect(await store.list({ limit: 10 })).toHaveLength(1);
  });
});

describe.concurrent('readiness and metrics', () => {
  test('GET /ready says whether a hiring could be kept now, and why not', async ({ listen, expect }) => {
    const { origin, store } = await listen();
    const ready = await fetch(`${origin}/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, reasons: [] }]);
    await store.close();
    // A check holds for a second.
    await until(async () => (await fetch(`${origin}/ready`)).status === 503);
    const not = await fetch(`${origin}/ready`);
    expect([not.status, await not.json()]).toEqual([
      503,
      { ready: false, reasons: [expect.stringMatching(/closed/i)] },
    ]);
  });

  test('GET /metrics counts deliveries by what became of them', async ({ listen, expect }) => {
    const { post, origin } = await listen();
    const body = dispatchBody(randomUUID());
    await post(body);
    await post(body);
    await post('{"hiring_id":"test"}');
    await post('{"event":"task.completed"}');
    await post('no json');
    await post(body, {});
    const text = await (await fetch(`${origin}/metrics`)).text();
    const counted = [...text.matchAll(/webhook_deliveries_total\{outcome="(\w+)"\} (\d+)/g)];
    expect(counted.map(([, outcome, count]) => `${outcome} ${count}`).toSorted()).toEqual([
      'event 1',
      'invalid 1',
      'new 1',
      'not_stored 0',
      'repeated 1',
      'test 1',
      'unauthorized 1',
    ]);
    expect(text).toContain('agrenting_hiclaw_webhook_answer_seconds_count 6');
  });
});

describe.concurrent('what is no hiring', () => {
  test.for([
    [
      'a subscribed event',
      '{"task_id":"t1","status":"completed"}',
      { 'x-webhook-event': 'task.completed' },
      'event task.completed',
    ],
    [
      'an event that names itself in its body',
      '{"event":"agent.status_changed","data":{}}',
      {},
      'event agent.status_changed',
    ],
    [
      'a verification challenge',
      '{"type":"verification_challenge","challenge_id":"c1","input":{}}',
      {},
      'event verification_challenge',
    ],
    ['an empty object', '{}', {}, 'event without a name'],
    ['a list', '[1,2]', {}, 'event without a name'],
    ['a name that would break a log line', '{"event":"a\\n{\\"level\\":60}"}', {}, 'event without a name'],
  ] as const)('is answered with 200 and kept: %s', async ([, body, headers, what], { listen, expect }) => {
    const { post, store } = await listen();
    const answer = await post(body, { ...authorized, ...headers });
    expect([answer.status, answer.body]).toEqual([
      200,
      { status: 'accepted', note: expect.stringContaining('there is no hiring_id') },
    ]);
    expect(await store.ignoredDeliveries(10)).toMatchObject([{ what }]);
    const [kept] = await store.ignoredDeliveries(1);
    expect(kept?.document?.reveal()).toBe(body);
    expect(await store.list({ limit: 10 })).toEqual([]);
  });
});

describe.concurrent('what a hiring may leave out', () => {
  test('is everything but its id', async ({ listen, expect }) => {
    const { post, store } = await listen();
    const id = randomUUID();
    expect(await post(JSON.stringify({ hiring_id: id }))).toMatchObject({
      status: 200,
      body: { status: 'accepted' },
    });
    expect(await store.hirings.find(hiringIdSchema.parse(id))).toMatchObject({ state: 'received' });
  });

  test('and what it has in odd forms is noted, not refused', async ({ listen, expect }) => {
    const { post, store } = await listen();
    const id = randomUUID();
    const odd = {
      agent_id: 7,
      task: 'do it',
      price: 25,
      deadline_at: 'tomorrow',
      task_input: [],
      customer_id: {},
    };
    expect((await post(dispatchBody(id, odd))).status).toBe(200);
    const record = await store.hirings.find(hiringIdSchema.parse(id));
    expect(record?.received.hiring.problems.join('; ')).toMatch(
      /task_input: .*task: .*customer_id: .*deadline_at: /s,
    );
    expect(record?.received.hiring.price).toBe('25');
  });
});
