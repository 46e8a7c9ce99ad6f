import { describe } from 'vitest';
import { test } from './environment.ts';
import { until, type App, type Box } from '@agrenting-hiclaw/sandbox/testing';

describe.concurrent('when things break', () => {
  test('a retry by the hirer is a second attempt with its own task folder', async ({ openBox, expect }) => {
    const box = await openBox();
    await box.startApp();
    await box.listening();
    box.hiclaw.worker('alice').behave({ kind: 'fail' }, 'next-job');
    const { id } = box.hire();
    await box.ended(id, 'failed');
    box.marketplace.retry(id);
    const hiring = await box.ended(id);
    expect(hiring.traceAttempt).toBe(2);
    expect(box.settlements(id)).toEqual(['failure', 'result']);
    const folders = new Set(
      box.hiclaw.objects('shared/tasks/agrenting-').map(({ key }) => key.split('/')[2]),
    );
    expect([...folders].sort((a = '', b = '') => a.localeCompare(b))).toEqual([
      expect.stringMatching(new RegExp(`^agrenting-${id}-a1-[0-9a-f]{24}$`)),
      expect.stringMatching(new RegExp(`^agrenting-${id}-a2-[0-9a-f]{24}$`)),
    ]);
  });

  test('a worker that went down after it was told is started, told again, and does the task', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox();
    const { timing } = box.settings();
    await box.startApp({ timing: { ...Object(timing), acknowledgeSeconds: 1, silenceSeconds: 1 } });
    await box.listening();
    const alice = box.hiclaw.worker('alice');
    alice.behave({ kind: 'silent' });
    const { id } = box.hire();
    await until(() =>
      box.hiclaw
        .timeline(alice.roomId)
        .some(
          ({ sender, content }) =>
            sender === alice.userId && JSON.stringify(content).includes('Received task'),
        ),
    );
    await alice.kill();
    alice.behave({ kind: 'complete' });
    await box.ended(id);
    expect(alice.state).toBe('listening');
    const numbers = box.saidEvents().map(({ content }): unknown => Object(content)['com.agrenting.number']);
    expect(numbers.slice(0, 2)).toEqual([1, 2]);
    expect(box.settlements(id)).toEqual(['result']);
  });

  test('a cancelled hiring stops: the worker is notified once, nothing is settled', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox();
    await box.startApp();
    await box.listening();
    box.hiclaw.worker('alice').behave({ kind: 'silent' });
    const { id } = box.hire();
    await until(() => box.said().length === 1);
    box.marketplace.cancel(id);
    await until(() => box.said().length === 2);
    expect(box.settlements(id)).toEqual([]);
  });

  test('a settlement whose answer is lost is made good by looking, and settles once', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox();
    await box.startApp();
    await box.listening();
    box.marketplace.faults.add({ kind: 'connection_lost_after_apply', operation: 'result' });
    const { id } = box.hire();
    await box.ended(id);
    await until(async () => (await metricsOf(box)).includes('agrenting_hiclaw_hirings{state="completed"} 1'));
    expect(box.settlements(id)).toEqual(['result']);
  });

  test('a dropped session reconnects, and receives what came meanwhile', async ({ openBox, expect }) => {
    const box = await openBox();
    await box.startApp();
    await box.listening();
    box.marketplace.sessions.drop();
    await box.listening();
    const { id } = box.hire();
    await box.ended(id);
    expect(box.settlements(id)).toEqual(['result']);
  });

  test('a wrong key is said in health, and asked with patience', async ({ openBox, expect }) => {
    const box = await openBox();
    const app = await box.startApp({ agents: [{ id: box.agents[0]?.id, key: 'ap_wrong', worker: 'alice' }] });
    await until(async () => (await readinessOf(app.healthUrl)).includes('unauthorized'));
    expect(await readinessOf(app.healthUrl)).toContain('does not accept the key of agent');
    expect(box.marketplace.sessions.list()).toEqual([]);
  });

  test('two adapters over one store: one session, one message, one settlement', async ({
    openBox,
    expect,
  }) => {
    const box = await openBox();
    await box.startApp();
    await box.startApp();
    await box.listening();
    const hires = Array.from({ length: 6 }, () => box.hire().id);
    await Promise.all(hires.map(async (id) => await box.ended(id)));
    expect(box.marketplace.sessions.list()).toHaveLength(1);
    expect(hires.map((id) => box.settlements(id))).toEqual(hires.map(() => ['result']));
    expect(box.said()).toHaveLength(6);
  });
});

async function readinessOf(healthUrl: string): Promise<string> {
  return await (await fetch(`${healthUrl}/ready`)).text();
}

async function metricsOf(opened: Box<App>): Promise<string> {
  return await (await fetch(`${opened.healthUrls()[0]}/metrics`)).text();
}
