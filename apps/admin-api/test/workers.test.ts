import { randomUUID } from 'node:crypto';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { ask, command } from './environment.ts';
import { ingest, stateOf, test } from './hireable.ts';

describe.concurrent('a worker', () => {
  test('is stopped once by a command, which says what it interrupts, and started again', async ({
    openHireable,
    expect,
  }) => {
    const env = await openHireable();
    const app = await env.startApp({ timing: { ...env.timing, acknowledgeSeconds: 2, silenceSeconds: 2 } });
    const alice = env.hiclaw.worker('alice');
    const free = await command(app, '/workers/alice/stop');
    expect([free.status, free.body]).toEqual([
      200,
      { worker: 'alice', outcome: 'stopped', interrupts: [], startsAgain: false },
    ]);

    // It takes the job and is heard of no more.
    alice.behave({ kind: 'silent' }, 'next-job');
    const id = await ingest(app, env);
    await until(async () => ['sent', 'acknowledged'].includes((await stateOf(app, id)) ?? ''));
    await alice.untilListening();
    const commandId = randomUUID();
    const stop = async () => await command(app, '/workers/alice/stop', { commandId });
    const stopped = await stop();
    expect([stopped.status, stopped.body]).toEqual([
      200,
      { worker: 'alice', outcome: 'stopped', interrupts: [id], startsAgain: true },
    ]);
    // The adapter wakes it for its open hiring; the same command does not stop it again.
    await until(() => alice.state !== 'stopped');
    const { starts } = alice.container;
    expect((await stop()).body).toEqual(stopped.body);
    expect([alice.container.starts, alice.container.status]).toEqual([starts, 'running']);

    const started = await command(app, '/workers/alice/start');
    expect([started.status, started.body]).toMatchObject([200, { worker: 'alice' }]);
    expect((await command(app, '/workers/zoe/stop')).status).toBe(404);
    expect((await ask(app, '/audit')).body).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({
          action: 'POST workers stop',
          subject: 'alice',
          who: 'olga',
          commandId,
          outcome: '200',
        }),
        expect.objectContaining({ action: 'POST workers stop', subject: 'zoe', outcome: '404' }),
      ]),
    });
  });

  test('that nothing here can stop or start stays as it is, and it is said what to do', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp({ lifecycle: { driver: 'none' } });
    for (const verb of ['stop', 'start']) {
      const answer = await command(app, `/workers/alice/${verb}`);
      expect([answer.status, answer.body]).toEqual([
        422,
        expect.objectContaining({
          detail: expect.stringContaining('lifecycle.driver is none'),
          todo: expect.stringContaining('lifecycle.driver'),
        }),
      ]);
    }
  });

  test('that its lifecycle program fails to stop is reported as an upstream failure', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    const app = await env.startApp({ lifecycle: { driver: 'script', command: ['/bin/false'] } });
    for (const verb of ['stop', 'start']) {
      const answer = await command(app, `/workers/alice/${verb}`);
      expect([answer.status, answer.body]).toEqual([
        424,
        expect.objectContaining({
          detail: expect.stringContaining('worker alice'),
          todo: expect.any(String),
        }),
      ]);
    }
  });
});
