import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test } from './environment.ts';

const MINUTE_MS = 60_000;

describe.concurrent('clocks of the outside that are wrong', () => {
  for (const minutes of [-10, 10]) {
    const aheadMs = minutes * MINUTE_MS;
    const how = minutes < 0 ? 'behind' : 'ahead';

    test(`HiClaw ten minutes ${how}: a worker whose result shows late is notified once`, async ({
      openEnvironment,
      expect,
    }) => {
      const env = await openEnvironment({ clocksAheadMs: { hiclaw: aheadMs } });
      await env.startApp();
      await env.listening();
      // It says that it is done before anybody else sees what it wrote.
      env.hiclaw.turn({ storage: { tornWrites: { prefix: 'shared/tasks/', stepMs: 700 } } });
      const { id } = env.hire();
      await env.ended(id);
      expect(env.assignments()).toEqual([`${id} 1`]);
    });

    test(`HiClaw ten minutes ${how}: a worker that falls silent is notified again`, async ({
      openEnvironment,
      expect,
    }) => {
      const env = await openEnvironment({ clocksAheadMs: { hiclaw: aheadMs } });
      env.hiclaw.worker('alice').behave({ kind: 'silent' });
      await env.startApp({ timing: { ...env.timing, silenceSeconds: 3 } });
      await env.listening();
      const { id } = env.hire();
      await until(() => env.assignments().length >= 2);
      expect(env.assignments().slice(0, 2)).toEqual([`${id} 1`, `${id} 2`]);
    });
  }

  for (const minutes of [-15, 15]) {
    test(`the marketplace ${minutes} minutes ahead: a hire due in eight is worked on`, async ({
      openEnvironment,
      expect,
    }) => {
      const aheadMs = minutes * MINUTE_MS;
      const env = await openEnvironment({ clocksAheadMs: { marketplace: aheadMs } });
      await env.startApp();
      await env.listening();
      const deadlineAt = new Date(Date.now() + aheadMs + 8 * MINUTE_MS).toISOString();
      const { id } = env.hire('alice', 'Write a note about escrow for newcomers.', { deadlineAt });
      await env.ended(id);
      expect(env.settlements(id)).toEqual(['result']);
    });
  }
});
