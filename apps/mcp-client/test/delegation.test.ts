import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test } from './environment.ts';

describe.concurrent('a hire that the Manager passes on', () => {
  test('is said to the Manager alone, and done by the worker that it names', async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment({ workers: [{ name: 'alice' }, { name: 'office', running: false }] });
    // A room with the Manager and us in it; nobody works there.
    const { roomId } = env.hiclaw.worker('office');
    const managerId = env.hiclaw.worker('alice').userId.replace('@alice', '@manager');
    await env.startApp({ manager: { userId: managerId, roomId, delegates: true } });
    await env.listening();
    const { id } = env.hire('alice');
    await until(() => env.said('office').length === 1);
    expect(env.said('alice')).toEqual([]);

    const [event] = env.saidEvents('office');
    expect(event?.['content']).toMatchObject({ 'm.mentions': { user_ids: [managerId] } });
    const body = JSON.stringify(event?.['content']);
    const alice = env.hiclaw.worker('alice');
    expect(body).toContain(`Please delegate to worker alice: in its own room, mention ${alice.userId}`);
    const words = /«(.+)»/s.exec(body)?.[1] ?? '';
    expect(words).toContain(`task assigned, hiring ${id}`);

    // What a Manager does with it.
    env.hiclaw.say(managerId, alice.roomId, {
      msgtype: 'm.text',
      body: `${alice.userId} ${words}`,
      'm.mentions': { user_ids: [alice.userId] },
    });
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });
});

describe.concurrent('a copy of the task folder on this machine', () => {
  test('holds what storage holds, without a secret, and says that the worker was told', async ({
    openEnvironment,
    expect,
  }) => {
    const directory = await mkdtemp(join(tmpdir(), 'tasks-'));
    try {
      const env = await openEnvironment();
      await env.startApp({ tasks: { directory } });
      await env.listening();
      const { id } = env.hire();
      await env.ended(id);
      const folder = join(directory, env.hiclaw.taskId(`agrenting-${id}-a1`));
      expect((await readdir(folder)).toSorted()).toEqual([
        'context.md',
        'meta.json',
        'spec.md',
        'state.json',
        'task-spec.json',
      ]);
      for (const name of ['spec.md', 'task-spec.json', 'state.json']) {
        const stored = env.hiclaw
          .object(`shared/tasks/${env.hiclaw.taskId(`agrenting-${id}-a1`)}/${name}`)
          ?.toString();
        expect(await readFile(join(folder, name), 'utf8')).toBe(stored);
      }
      expect(await readFile(join(folder, 'state.json'), 'utf8')).toContain('"status":"delegated"');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  test('that cannot be written keeps no hiring from its worker', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    await env.startApp({ tasks: { directory: import.meta.filename } });
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  });
});
