import { createHmac } from 'node:crypto';
import { describe } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { test as environmentTest } from './environment.ts';
import { makeRoom, notices, startReceiver, type Post } from './alert-receiver.ts';

const SECRET = `whsec_${Buffer.from('a secret for signing alerts').toString('base64')}`;

const test = environmentTest.extend<{ readonly receiver: Awaited<ReturnType<typeof startReceiver>> }>({
  receiver: async ({ task: _ofThisTest }, use) => {
    const receiver = await startReceiver();
    await use(receiver);
    receiver.close();
  },
});

function signatureOf({ headers, body }: Post, key: Buffer): string {
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

describe.concurrent('alerts', () => {
  test('a hiring that needs an operator is alerted once per sink, though the app is killed and the webhook is down', async ({
    openEnvironment,
    startProcess,
    receiver,
    expect,
  }) => {
    const env = await openEnvironment({ listing: { category: 'coding' } });
    const roomId = await makeRoom(env.hiclaw);
    const alerts = { matrixRoom: roomId, webhookUrl: receiver.url, webhookSecret: SECRET };
    // So that it waits for a person before anybody asks for the repository.
    const policy = { approve: 'work' };
    const first = await startProcess(env, { alerts, policy });
    await first.printed('"msg":"started"');
    receiver.answer(503);
    const { id } = env.hire('alice', 'canary-task: fix the bug.', {
      deliveryMode: 'push',
      repoUrl: 'https://github.com/acme/canary-repository',
      repoAccessToken: 'ghp_canary-repository-token',
    });
    await until(() => notices(env.hiclaw, roomId).length > 0 && receiver.posts.length > 0);
    await first.kill();
    const second = await startProcess(env, { alerts, policy });
    receiver.answer(204);
    await until(() => receiver.taken().length > 0);
    // What comes behind it shows that nothing of the first is sent again.
    env.marketplace.cancel(id);
    await until(() => receiver.taken().length > 1 && notices(env.hiclaw, roomId).length > 1);

    const [needed = '', cancelled = ''] = notices(env.hiclaw, roomId);
    expect(notices(env.hiclaw, roomId)).toHaveLength(2);
    expect(needed).toContain(
      `Hiring ${id} (agent ${env.agents[0]?.id}, attempt 1) needs you: the hiring awaits your approval`,
    );
    expect(needed).toContain(`agrenting-hiclaw hirings show ${id}`);
    expect(cancelled).toContain('was cancelled on the marketplace');
    const taken = receiver.taken();
    expect(taken.map(({ kind }) => kind)).toEqual(['attention', 'failed']);
    expect(taken[0]).toMatchObject({
      id: expect.stringMatching(new RegExp(`^attention-${id}-a1-\\d+$`)),
      text: needed,
      hiring_id: id,
      agent_id: env.agents[0]?.id,
      attempt: 1,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    for (const post of receiver.posts) {
      expect(post.headers['idempotency-key']).toBe(post.headers['webhook-id']);
      expect(post.headers['webhook-signature']).toBe(
        signatureOf(post, Buffer.from('a secret for signing alerts')),
      );
      expect(post.headers['webhook-signature']).not.toBe(signatureOf(post, Buffer.from('another secret')));
    }
    expect(env.said()).toEqual([]);

    const outlets = [first.output, second.output, JSON.stringify(receiver.posts), needed, cancelled].join(
      '\n',
    );
    const { adapter } = env.hiclaw.homeserver;
    for (const secret of [
      'canary-',
      SECRET,
      adapter.accessToken,
      env.agents[0]?.apiKey ?? '-',
      env.storeKey,
    ]) {
      expect(outlets).not.toContain(secret);
    }
  });

  test('two processes over one store tell each thing once: what is disputed, paid and failed', async ({
    openEnvironment,
    receiver,
    expect,
  }) => {
    const env = await openEnvironment();
    const roomId = await makeRoom(env.hiclaw);
    const alerts = {
      matrixRoom: roomId,
      webhookUrl: receiver.url,
      kinds: ['attention', 'agent_offline', 'disputed', 'paid', 'failed'],
    };
    await env.startApp({ alerts });
    await env.startApp({ alerts });
    await env.listening();
    const alice = env.hiclaw.worker('alice');
    const paid = env.hire();
    await env.ended(paid.id);
    alice.behave({ kind: 'fail' }, 'next-job');
    const failed = env.hire();
    await env.ended(failed.id, 'failed');
    alice.behave({ kind: 'silent' });
    const disputed = env.hire();
    await until(() => env.said().some((said) => said.includes(disputed.id)));
    env.marketplace.dispute(disputed.id);
    await until(() => receiver.taken().length === 3 && notices(env.hiclaw, roomId).length === 3);
    expect(receiver.taken()).toMatchObject([
      {
        kind: 'paid',
        hiring_id: paid.id,
        amount: { price: '10.00', payout_forecast: '9.50', currency: 'USD' },
        text: expect.stringContaining('price 10.00 USD, expected payout 9.50 USD'),
      },
      { kind: 'failed', hiring_id: failed.id, text: expect.stringContaining('was reported as failed') },
      { kind: 'disputed', hiring_id: disputed.id, text: expect.stringContaining('is disputed') },
    ]);
  });

  test('an offline agent is alerted, and so is its return', async ({ openEnvironment, receiver, expect }) => {
    const env = await openEnvironment();
    await env.startApp({ alerts: { webhookUrl: receiver.url, offlineAfterSeconds: 1 } });
    await env.listening();
    const [agent] = env.agents;
    env.marketplace.faults.add({ kind: 'error_before_apply', operation: 'mcp_open', times: 1_000 });
    env.marketplace.sessions.drop();
    await until(() => receiver.taken().length === 1);
    expect(receiver.taken()).toMatchObject([
      {
        kind: 'agent_offline',
        agent_id: agent?.id,
        text: expect.stringContaining('its session has been down for a minute'),
      },
    ]);
    env.marketplace.faults.clear();
    await until(() => receiver.taken().length === 2);
    expect(receiver.taken()[1]).toMatchObject({
      kind: 'agent_online',
      text: `Agent ${agent?.id} receives hirings again.`,
    });
  });

  test('a refused key is alerted at once, without any part of the key', async ({
    openEnvironment,
    receiver,
    expect,
  }) => {
    const env = await openEnvironment();
    const [agent] = env.agents;
    await env.startApp({
      agents: [{ id: agent?.id, key: 'ap_wrong-canary', worker: 'alice' }],
      alerts: { webhookUrl: receiver.url, kinds: ['agent_offline'] },
    });
    await until(() => receiver.taken().length === 1);
    expect(receiver.taken()).toMatchObject([
      { kind: 'agent_offline', agent_id: agent?.id, text: expect.stringContaining('refuses its key') },
    ]);
    expect(JSON.stringify(receiver.posts)).not.toContain('wrong-canary');
  });
});
