import type { BehaviourInput } from '@agrenting-hiclaw/sandbox/hiclaw';
import { Environment } from '@agrenting-hiclaw/sandbox/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { start } from './environment.ts';

/** Each kind of worker in a HiClaw that has it, and what is particular to it. */
const WORKERS = [
  ['openclaw-1.0', '1.0', 'hiclaw-storage'],
  ['openclaw-1.1', '1.1', 'hiclaw-storage'],
  ['copaw-1.0.9', '1.0', 'hiclaw-storage'],
  ['copaw-1.2', '1.1', 'hiclaw-storage'],
  ['qwenpaw-1.2', '1.2', 'agentteams-storage'],
] as const;

const REMARKS = ['NO_REPLY', '{coordinator} I am here', '{coordinator} thank you', '{coordinator} thank you'];

/** What the workers of one environment do with their first task, each named for it. */
const WAYS: Readonly<Record<string, BehaviourInput>> = {
  diligent: { kind: 'complete' },
  asleep: { kind: 'complete', files: [{ path: 'haiku.txt', text: 'Grey waves' }] },
  blocked: { kind: 'fail', reason: 'The page to translate is empty.' },
  talker: { kind: 'complete', remarks: REMARKS },
  // OpenClaw's is said in pieces and QwenPaw's as an upload; CoPaw's own is lost in the homeserver's limit.
  longwinded: { kind: 'complete', summary: 'A long story. '.repeat(5_000) },
  astray: { kind: 'other-task', taskId: 'task-20260101-000000' },
  crasher: { kind: 'crash', at: 'half-delivered' },
};

interface Evening {
  readonly env: Environment<Awaited<ReturnType<typeof start>>>;
  /** By the name of the worker. */
  readonly hires: Readonly<Record<string, string>>;
}

const evenings = new Map<string, Evening>();

/** All at once, since most of it is waiting. */
beforeAll(async () => {
  await Promise.all(
    WORKERS.map(async ([profile, generation]) => {
      const workers = Object.keys(WAYS).map((name) => ({ name, profile, running: name !== 'asleep' }));
      const env = await Environment.start(start, { workers, generation });
      for (const [name, way] of Object.entries(WAYS)) env.hiclaw.worker(name).behave(way, 'next-job');
      // The bucket is the profile's.
      const { bucket: _left, ...storage } = env.hiclaw.storage;
      await env.startApp({
        hiclaw: { profile: generation },
        storage,
        // Longer than a worker takes on a machine that is busy with other things.
        timing: { ...env.timing, acknowledgeSeconds: 10, silenceSeconds: 10 },
      });
      await env.listening();
      const hires = Object.keys(WAYS).map((name) => [name, env.hire(name).id]);
      evenings.set(profile, { env, hires: Object.fromEntries(hires) });
    }),
  );
});
afterAll(async () => {
  await Promise.all([...evenings.values()].map(async ({ env }) => await env.close()));
});

describe.for(WORKERS)('a simulated worker %s of HiClaw %s', ([profile, generation, bucket]) => {
  function evening(): Evening {
    const started = evenings.get(profile);
    if (started === undefined) throw new Error(`no environment for ${profile}`);
    return started;
  }

  /** Its end, as the marketplace has it. */
  async function ended(worker: string, status: 'completed' | 'failed' = 'completed') {
    const { env, hires } = evening();
    const id = hires[worker] ?? '';
    const { taskOutput } = await env.ended(id, status);
    return { output: JSON.stringify(taskOutput), settlements: env.settlements(id) };
  }

  test('takes a task, does it, and its result is paid', async ({ expect }) => {
    const { output, settlements } = await ended('diligent');
    expect(output).toContain('simulated worker');
    expect(settlements).toEqual(['result']);
    expect(evening().env.assignments('diligent')).toEqual([`${evening().hires['diligent'] ?? ''} 1`]);
  });

  test('has its tasks in the bucket of its HiClaw, with a project where its runtime wants one', async ({
    expect,
  }) => {
    await ended('diligent');
    const { hiclaw } = evening().env;
    expect(hiclaw.storage.bucket).toBe(bucket);
    expect(hiclaw.objects('shared/projects/').length > 0).toBe(generation !== '1.0');
  });

  test('that was off is started and told, and its files are named', async ({ expect }) => {
    const { output, settlements } = await ended('asleep');
    expect(output).toContain('haiku.txt');
    expect(settlements).toEqual(['result']);
  });

  test('that is blocked has its hirer refunded', async ({ expect }) => {
    expect((await ended('blocked', 'failed')).settlements).toEqual(['failure']);
  });

  test('that says NO_REPLY, repeats itself and mentions us is never answered', async ({ expect }) => {
    await ended('talker');
    expect(evening().env.said('talker')).toHaveLength(1);
  });

  test('that says more than a message holds is settled by its files', async ({ expect }) => {
    expect((await ended('longwinded')).settlements).toEqual(['result']);
  });

  test('that reports another task than it was given does not settle this one by that', async ({ expect }) => {
    expect((await ended('astray')).settlements).toEqual(['result']);
    // It was told again, and did the right one then.
    expect(evening().env.assignments('astray').length).toBeGreaterThan(1);
  });

  test('that dies with half of it delivered is notified again, and the whole is settled once', async ({
    expect,
  }) => {
    const { output, settlements } = await ended('crasher');
    expect(output).toContain('simulated worker');
    expect(settlements).toEqual(['result']);
    expect(evening().env.assignments('crasher').length).toBeGreaterThan(1);
  });
});
