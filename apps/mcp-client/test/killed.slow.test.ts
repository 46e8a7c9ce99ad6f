import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test } from './environment.ts';

/** Long enough that nothing here can be waiting for a lease to run out. */
const NEVER = 600;

describe.runIf(process.platform === 'linux')(
  'killed with SIGKILL and started again on the same machine',
  () => {
    test('it has its session, its rooms and its hirings back at once', async ({
      openBox,
      startProcess,
      expect,
    }) => {
      const box = await openBox();
      const settings = { timing: { ...box.timing, leaseSeconds: NEVER } };
      const killed = await startProcess(box, settings);
      // It dies in the middle of a step, with the hiring in its hands.
      box.hiclaw.faults.storage.add({ on: 'PutObject', answer: 'pass', delayMs: NEVER * 1_000 });
      const { id } = box.hire();
      await until(() => box.hiclaw.faults.storage.list().length === 0);
      await killed.kill();

      const again = await startProcess(box, settings);
      await again.printed('MCP session subscribed');
      await box.ended(id);
      expect(box.settlements(id)).toEqual(['result']);
      expect(box.said()).toHaveLength(1);
    });

    test('it takes nothing from a process that lives', async ({ openBox, startProcess, expect }) => {
      const box = await openBox();
      const settings = { timing: { ...box.timing, leaseSeconds: NEVER } };
      const first = await startProcess(box, settings);
      await first.printed('MCP session subscribed');
      const second = await startProcess(box, settings);
      await second.printed('"started"');
      const { id } = box.hire();
      await box.ended(id);
      expect(second.output).not.toContain('MCP session subscribed');
      expect(first.output).not.toContain('MCP session lost');
      expect(box.said()).toHaveLength(1);
    });
  },
);
