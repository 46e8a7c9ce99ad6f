import { describe } from 'vitest';
import { test } from './environment.ts';
import { until, type App, type Environment } from '@agrenting-hiclaw/sandbox/testing';

describe.concurrent('when things break', () => {
  test('a retry by the hirer is a second attempt with its own task folder', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    env.hiclaw.worker('alice').behave({ kind: 'fail' }, 'next-job');
    const { id } = env.hire();
    await env.ended(id, 'failed');
    env.marketplace.retry(id);
    const hiring = await env.ended(id);
    expect(hiring.traceAttempt).toBe(2);
    expect(env.settlements(id)).toEqual(['failure', 'result']);
    const folders = new Set(
      env.hiclaw.objects('shared/tasks/agrenting-').map(({ key }) => key.split('/')[2]),
    );
    expect([...folders].sort((a = '', b = '') => a.localeCompare(b))).toEqual([
      expect.stringMatching(new RegExp(`^agrenting-${id}-a1-[0-9a-f]{24}$`)),
      expect.stringMatching(new RegExp(`^agrenting-${id}-a2-[0-9a-f]{24}$`)),
    ]);
  });

  test('a worker that went down after it was told is started, told again, and does the task', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const { timing } = env.settings();
    await env.startApp({ timing: { ...Object(timing), acknowledgeSeconds: 1, silenceSeconds: 1 } });
    await env.listening();
    const alice = env.hiclaw.worker('alice');
    alice.behave({ kind: 'silent' });
    const { id } = env.hire();
    await until(() =>
      env.hiclaw
        .timeline(alice.roomId)
        .some(
          ({ sender, content }) =>
            sender === alice.userId && JSON.stringify(content).includes('Received task'),
        ),
    );
    await alice.kill();
    alice.behave({ kind: 'complete' });
    await env.ended(id);
    expect(alice.state).toBe('listening');
    const numbers = env.saidEvents().map(({ content }): unknown => Object(content)['com.agrenting.number']);
    expect(numbers.slice(0, 2)).toEqual([1, 2]);
    expect(env.settlements(id)).toEqual(['result']);
  });

  test('a cancelled hiring stops: the worker is notified once, nothing is settled', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    env.hiclaw.worker('alice').behave({ kind: 'silent' });
    const { id } = env.hire();
    await until(() => env.said().length === 1);
    env.marketplace.cancel(id);
    await until(() => env.said().length === 2);
    expect(env.settlements(id)).toEqual([]);
  });

  test('a settlement whose answer is lost is made good by looking, and settles once', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    env.marketplace.faults.add({ kind: 'connection_lost_after_apply', operation: 'result' });
    const { id } = env.hire();
    await env.ended(id);
    await until(async () => (await metricsOf(env)).includes('agrenting_hiclaw_hirings{state="completed"} 1'));
    expect(env.settlements(id)).toEqual(['result']);
  });

  test('a dropped session reconnects, and receives what came meanwhile', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    env.marketplace.sessions.drop();
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });

  test('a wrong key is said in health, and asked with patience', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    const app = await env.startApp({ agents: [{ id: env.agents[0]?.id, key: 'ap_wrong', worker: 'alice' }] });
    await until(async () => (await readinessOf(app.healthUrl)).includes('unauthorized'));
    expect(await readinessOf(app.healthUrl)).toContain('does not accept the key of agent');
    expect(env.marketplace.sessions.list()).toEqual([]);
  });

  test('two adapters over one store: one session, one message, one settlement', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.startApp();
    await env.listening();
    const hires = Array.from({ length: 6 }, () => env.hire().id);
    await Promise.all(hires.map(async (id) => await env.ended(id)));
    expect(env.marketplace.sessions.list()).toHaveLength(1);
    expect(hires.map((id) => env.settlements(id))).toEqual(hires.map(() => ['result']));
    expect(env.said()).toHaveLength(6);
  });
});

async function readinessOf(healthUrl: string): Promise<string> {
  return await (await fetch(`${healthUrl}/ready`)).text();
}

async function metricsOf(opened: Environment<App>): Promise<string> {
  return await (await fetch(`${opened.healthUrls()[0]}/metrics`)).text();
}
