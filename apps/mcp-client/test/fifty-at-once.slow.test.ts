import type { Environment } from '@agrenting-hiclaw/sandbox/testing';
import { describe, type ExpectStatic } from 'vitest';
import type { startMcpClient } from '../src/app.ts';
import { test } from './environment.ts';

type McpEnvironment = Environment<Awaited<ReturnType<typeof startMcpClient>>>;

interface Hired {
  readonly worker: string;
  readonly id: string;
}

const WORKERS = Array.from({ length: 50 }, (_, number) => `worker-${number}`);
/** The engine works on so many hirings at once, and what is on its way when the first is refused cannot be called back. */
const ON_THEIR_WAY = 16;
/** Their containers are started by others: asking for each is a process, and here there are many. */
const REMOTE = { lifecycle: { driver: 'none' } };
/** For all fifty, on a machine that does other things. */
const PATIENCE_MS = 150_000;

function hireAll(env: McpEnvironment): readonly Hired[] {
  return WORKERS.map((worker) => ({ worker, id: env.hire(worker).id }));
}

async function expectEachDoneOnce(
  env: McpEnvironment,
  hired: readonly Hired[],
  expect: ExpectStatic,
): Promise<void> {
  const { hirings } = env.marketplace;
  await Promise.all(hired.map(async ({ id }) => await hirings.when(id, 'completed', PATIENCE_MS)));
  for (const { worker, id } of hired) {
    expect(env.assignments(worker)).toEqual([`${id} 1`]);
    expect(env.settlements(id)).toEqual(['result']);
  }
}

/** Messages that waited for a limit. */
async function putOff(app: { readonly healthUrl: string }): Promise<number> {
  const metrics = await (await fetch(`${app.healthUrl}/metrics`)).text();
  return Number(/^agrenting_hiclaw_matrix_limit_waits_total (\d+)$/m.exec(metrics)?.[1]);
}

describe('fifty hires at once for fifty workers', () => {
  test(
    'wait for nothing where the homeserver sets no limit',
    { timeout: 2 * PATIENCE_MS },
    async ({ openEnvironment, expect }) => {
      const env = await openEnvironment({ workers: WORKERS.map((name) => ({ name })) });
      const app = await env.startApp(REMOTE);
      await env.listening();
      await expectEachDoneOnce(env, hireAll(env), expect);
      expect(await putOff(app)).toBe(0);
    },
  );

  test(
    'go as fast as the homeserver takes them, and nothing comes before the wait that it named is over but what was on its way',
    { timeout: 2 * PATIENCE_MS },
    async ({ openEnvironment, expect }) => {
      const env = await openEnvironment({ workers: WORKERS.map((name) => ({ name })) });
      const { sendLimit, homeserver } = env.hiclaw;
      const perSecond = 5;
      sendLimit.set({ perSecond, burst: 1, who: homeserver.adapter.userId });
      await env.startApp(REMOTE);
      await env.listening();
      await expectEachDoneOnce(env, hireAll(env), expect);
      const asked = sendLimit.counted;
      const taken = asked.filter(({ retryAfterMs }) => retryAfterMs === 0);
      expect(taken.length).toBeLessThan(asked.length);
      expect(asked.filter(({ early }) => early).length).toBeLessThan(ON_THEIR_WAY);
      // A command to forget and an assignment for each.
      expect(taken).toHaveLength(2 * WORKERS.length);
      const tookMs = (taken.at(-1)?.atMs ?? 0) - (taken[0]?.atMs ?? 0);
      expect(tookMs / taken.length).toBeLessThan((3 * 1_000) / perSecond);
    },
  );
});
