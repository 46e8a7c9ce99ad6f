import { describe } from 'vitest';
import { test } from './environment.ts';
import { until } from '@agrenting-hiclaw/sandbox/testing';

describe.concurrent('a hire over MCP', () => {
  test('is done by the worker and paid', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    const { id } = env.hire();
    const hiring = await env.ended(id);
    expect(JSON.stringify(hiring.taskOutput)).toContain('escrow');
    expect(env.settlements(id)).toEqual(['result']);
    expect(env.said()).toHaveLength(1);
    expect(env.marketplace.ledger.balance(env.ownerId).available).toBe('9.50');
    expect(env.marketplace.ledger.audit().balanced).toBe(true);
  });

  test('begins when the ping of the marketplace is answered', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    const { id, status } = env.hire();
    expect(status).toBe('queued');
    const { history } = await env.marketplace.hirings.when(id, 'in_progress');
    expect(history.map(({ from, to, by }) => ({ from, to, by })).at(-1)).toEqual({
      from: 'queued',
      to: 'in_progress',
      by: 'platform',
    });
    await env.ended(id);
  });

  test('is sent to its own worker, in the room of that worker and in no other', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment({ workers: [{ name: 'alice' }, { name: 'bob' }] });
    await env.startApp();
    await env.listening();
    const hires = { alice: env.hire('alice').id, bob: env.hire('bob').id };
    await Promise.all(Object.values(hires).map(async (id) => await env.ended(id)));
    for (const [worker, id] of Object.entries(hires)) {
      expect(env.said(worker)).toEqual([
        expect.stringMatching(
          new RegExp(
            `task assigned, hiring ${id}\\. Please file-sync shared/tasks/agrenting-${id}-a1-[0-9a-f]{24}/`,
          ),
        ),
      ]);
    }
    expect(env.hiclaw.worker('alice').roomId).not.toBe(env.hiclaw.worker('bob').roomId);
  });

  test('is noted as delegated in its task folder once the worker was told, and not before', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment({ workers: [{ name: 'carol', running: false }] });
    env.hiclaw.worker('carol').failStarts(true);
    const app = await env.startApp();
    await env.listening();
    const { id } = env.hire('carol');
    await until(async () =>
      (await (await fetch(`${app.healthUrl}/metrics`)).text()).includes(
        'agrenting_hiclaw_hirings{state="staged"} 1',
      ),
    );
    const folder = `shared/tasks/${env.hiclaw.taskId(`agrenting-${id}-a1`)}`;
    expect(env.hiclaw.object(`${folder}/meta.json`)).toBeDefined();
    expect(env.hiclaw.object(`${folder}/state.json`)).toBeUndefined();

    env.hiclaw.worker('carol').failStarts(false);
    await env.ended(id);
    const { origin_server_ts: sentAtMs } = env.saidEvents('carol')[0] ?? {};
    const { notified_at: notedAt, ...state } = Object(
      JSON.parse(String(env.hiclaw.object(`${folder}/state.json`))),
    );
    expect(state).toEqual({ status: 'delegated' });
    expect(Date.parse(String(notedAt))).toBeGreaterThanOrEqual(Number(sentAtMs));
  });

  test('that the worker fails is reported and refunded', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    env.hiclaw.worker('alice').behave({ kind: 'fail', reason: 'no such site' });
    const { id } = env.hire();
    const hiring = await env.ended(id, 'failed');
    expect(hiring.failedReason).toContain('no such site');
    expect(env.settlements(id)).toEqual(['failure']);
    expect(env.marketplace.ledger.balance(env.hirerId).available).toBe('10000.00');
  });

  test('whose worker is stopped is done after the worker was started', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment({ workers: [{ name: 'carol', running: false }] });
    await env.startApp();
    await env.listening();
    const { id } = env.hire('carol');
    await env.ended(id);
    expect(env.hiclaw.worker('carol').view().state).toBe('listening');
  });

  test('that was made before the adapter ran, and is still being paid, is found at the start', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const { id } = env.hire('alice', 'Write a note about escrow.', { payment: 'async' });
    await env.startApp();
    await env.listening();
    await until(() => env.said().length === 1);
    await env.marketplace.dispatch(id);
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });

  test('with nothing but the key of the agent: its id and its worker are asked from the marketplace, once', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment({
      listing: { metadata: { worker_matrix_id: '@alice:matrix-local.hiclaw.io:18080' } },
    });
    await env.startApp({ agents: [{ key: env.agents[0]?.apiKey }] });
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    expect(env.said()).toHaveLength(1);
  });

  test.for([
    ['in the body, endpoint absolute', { rpc_channel: 'body', endpoint_url: 'absolute' }],
    ['in the body and on the stream, endpoint foreign', { rpc_channel: 'both', endpoint_url: 'foreign' }],
    [
      'on the stream behind an empty object, endpoint relative',
      { rpc_channel: 'body-empty-object', endpoint_url: 'relative' },
    ],
  ] as const)('works with answers %s', async ([_name, switches], { openEnvironment, expect }) => {
    const env = await openEnvironment();
    env.marketplace.switches.setDefaults(switches);
    await env.startApp();
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });

  test('in push mode is refunded where its owner does not want that, and never given to the worker', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment({ listing: { category: 'coding' } });
    await env.startApp({ policy: { push: 'off' } });
    await env.listening();
    const { id } = env.hire('alice', 'Fix the bug.', {
      deliveryMode: 'push',
      repoUrl: 'https://github.com/acme/ui-kit',
      repoAccessToken: 'ghp_canary',
    });
    const failed = await env.marketplace.hirings.when(id, 'failed', 20_000);
    expect(env.said()).toEqual([]);
    expect(env.hiclaw.objects('shared/tasks/agrenting-')).toEqual([]);
    expect(failed.failedReason).toContain('does not push to repositories');
  });
});
