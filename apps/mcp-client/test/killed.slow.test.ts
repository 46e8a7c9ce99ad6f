import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test } from './environment.ts';

/** Long enough that nothing here can be waiting for a lease to run out. */
const NEVER = 600;

describe.runIf(process.platform === 'linux')(
  'killed with SIGKILL and started again on the same machine',
  () => {
    test('it has its session, its rooms and its hirings back at once', async ({
      openEnvironment,
      startProcess,
      expect,
    }) => {
      const env = await openEnvironment();
      const settings = { timing: { ...env.timing, leaseSeconds: NEVER } };
      const killed = await startProcess(env, settings);
      // It dies in the middle of a step, with the hiring in its hands.
      env.hiclaw.faults.storage.add({ kind: 'delay', operation: 'PutObject', seconds: NEVER });
      const { id } = env.hire();
      await until(() => env.hiclaw.faults.storage.list().length === 0);
      await killed.kill();

      const again = await startProcess(env, settings);
      await again.printed('MCP session subscribed');
      await env.ended(id);
      expect(env.settlements(id)).toEqual(['result']);
      expect(env.said()).toHaveLength(1);
    });

    test('it takes nothing from a process that lives', async ({ openEnvironment, startProcess, expect }) => {
      const env = await openEnvironment();
      const settings = { timing: { ...env.timing, leaseSeconds: NEVER } };
      const first = await startProcess(env, settings);
      await first.printed('MCP session subscribed');
      const second = await startProcess(env, settings);
      await second.printed('"started"');
      const { id } = env.hire();
      await env.ended(id);
      expect(second.output).not.toContain('MCP session subscribed');
      expect(first.output).not.toContain('MCP session lost');
      expect(env.said()).toHaveLength(1);
    });
  },
);
