import { describe } from 'vitest';
import { test } from './environment.ts';
import { until } from '@agrenting-hiclaw/sandbox/testing';

describe.concurrent('a hire over MCP', () => {
  test('is done by the worker and paid', async ({ openBox, expect }) => {
    const box = await openBox();
    await box.startApp();
    await box.listening();
    const { id } = box.hire();
    const hiring = await box.ended(id);
    expect(JSON.stringify(hiring.taskOutput)).toContain('escrow');
    expect(box.settlements(id)).toEqual(['result']);
    expect(box.said()).toHaveLength(1);
    expect(box.marketplace.ledger.balance(box.ownerId).available).toBe('9.50');
    expect(box.marketplace.ledger.audit().balanced).toBe(true);
  });

  test('begins when the ping of the marketplace is answered', async ({ openBox, expect }) => {
    const box = await openBox();
    await box.startApp();
    await box.listening();
    const { id, status } = box.hire();
    expect(status).toBe('queued');
    const { history } = await box.marketplace.hirings.when(id, 'in_progress');
    expect(history.map(({ from, to, by }) => ({ from, to, by })).at(-1)).toEqual({
      from: 'queued',
      to: 'in_progress',
      by: 'platform',
    });
    await box.ended(id);
  });

  test('is sent to its own worker, in the room of that worker and in no other', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox({ workers: [{ name: 'alice' }, { name: 'bob' }] });
    await box.startApp();
    await box.listening();
    const hires = { alice: box.hire('alice').id, bob: box.hire('bob').id };
    await Promise.all(Object.values(hires).map(async (id) => await box.ended(id)));
    for (const [worker, id] of Object.entries(hires)) {
      expect(box.said(worker)).toEqual([
        expect.stringMatching(
          new RegExp(
            `task assigned, hiring ${id}\\. Please file-sync shared/tasks/agrenting-${id}-a1-[0-9a-f]{24}/`,
          ),
        ),
      ]);
    }
    expect(box.hiclaw.worker('alice').roomId).not.toBe(box.hiclaw.worker('bob').roomId);
  });

  test('is noted as delegated in its task folder once the worker was told, and not before', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox({ workers: [{ name: 'carol', running: false }] });
    box.hiclaw.worker('carol').failStarts(true);
    const app = await box.startApp();
    await box.listening();
    const { id } = box.hire('carol');
    await until(async () =>
      (await (await fetch(`${app.healthUrl}/metrics`)).text()).includes(
        'agrenting_hiclaw_hirings{state="staged"} 1',
      ),
    );
    const folder = `shared/tasks/${box.hiclaw.taskId(`agrenting-${id}-a1`)}`;
    expect(box.hiclaw.object(`${folder}/meta.json`)).toBeDefined();
    expect(box.hiclaw.object(`${folder}/state.json`)).toBeUndefined();

    box.hiclaw.worker('carol').failStarts(false);
    await box.ended(id);
    const { origin_server_ts: sentAtMs } = box.saidEvents('carol')[0] ?? {};
    const { notified_at: notedAt, ...state } = Object(
      JSON.parse(String(box.hiclaw.object(`${folder}/state.json`))),
    );
    expect(state).toEqual({ status: 'delegated' });
    expect(Date.parse(String(notedAt))).toBeGreaterThanOrEqual(Number(sentAtMs));
  });

  test('that the worker fails is reported and refunded', async ({ openBox, expect }) => {
    const box = await openBox();
    await box.startApp();
    await box.listening();
    box.hiclaw.worker('alice').behave({ kind: 'fail', reason: 'no such site' });
    const { id } = box.hire();
    const hiring = await box.ended(id, 'failed');
    expect(hiring.failedReason).toContain('no such site');
    expect(box.settlements(id)).toEqual(['failure']);
    expect(box.marketplace.ledger.balance(box.hirerId).available).toBe('10000.00');
  });

  test('whose worker is stopped is done after the worker was started', async ({ openBox, expect }) => {
    const box = await openBox({ workers: [{ name: 'carol', running: false }] });
    await box.startApp();
    await box.listening();
    const { id } = box.hire('carol');
    await box.ended(id);
    expect(box.hiclaw.worker('carol').view().state).toBe('listening');
  });

  test('that was made before the adapter ran, and is still being paid, is found at the start', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox();
    const { id } = box.hire('alice', 'Write a note about escrow.', { payment: 'async' });
    await box.startApp();
    await box.listening();
    await until(() => box.said().length === 1);
    await box.marketplace.dispatch(id);
    await box.ended(id);
    expect(box.settlements(id)).toEqual(['result']);
  });

  test('with nothing but the key of the agent: its id and its worker are asked from the marketplace, once', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox({
      listing: { metadata: { worker_matrix_id: '@alice:matrix-local.hiclaw.io:18080' } },
    });
    await box.startApp({ agents: [{ key: box.agents[0]?.apiKey }] });
    await box.listening();
    const { id } = box.hire();
    await box.ended(id);
    expect(box.said()).toHaveLength(1);
  });

  test.for([
    ['in the body, endpoint absolute', { rpc_channel: 'body', endpoint_url: 'absolute' }],
    ['in the body and on the stream, endpoint foreign', { rpc_channel: 'both', endpoint_url: 'foreign' }],
    [
      'on the stream behind an empty object, endpoint relative',
      { rpc_channel: 'body-empty-object', endpoint_url: 'relative' },
    ],
  ] as const)('works with answers %s', async ([_name, switches], { openBox, expect }) => {
    const box = await openBox();
    box.marketplace.switches.setDefaults(switches);
    await box.startApp();
    await box.listening();
    const { id } = box.hire();
    await box.ended(id);
    expect(box.settlements(id)).toEqual(['result']);
  });

  test('in push mode is refunded where its owner does not want that, and never given to the worker', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox({ listing: { category: 'coding' } });
    await box.startApp({ policy: { push: 'off' } });
    await box.listening();
    const { id } = box.hire('alice', 'Fix the bug.', {
      deliveryMode: 'push',
      repoUrl: 'https://github.com/acme/ui-kit',
      repoAccessToken: 'ghp_canary',
    });
    const failed = await box.marketplace.hirings.when(id, 'failed', 20_000);
    expect(box.said()).toEqual([]);
    expect(box.hiclaw.objects('shared/tasks/agrenting-')).toEqual([]);
    expect(failed.failedReason).toContain('does not push to repositories');
  });
});
