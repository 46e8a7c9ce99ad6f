import { until } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { test } from './environment.ts';

const MINUTE_MS = 60_000;

describe.concurrent('clocks of the outside that are wrong', () => {
  for (const minutes of [-10, 10]) {
    const aheadMs = minutes * MINUTE_MS;
    const how = minutes < 0 ? 'behind' : 'ahead';

    test(`HiClaw ten minutes ${how}: a worker whose result shows late is notified once`, async ({
      openBox,
      expect,
    }) => {
      const box = await openBox({ clocksAheadMs: { hiclaw: aheadMs } });
      await box.startApp();
      await box.listening();
      // It says that it is done before anybody else sees what it wrote.
      box.hiclaw.turn({ storage: { tornWrites: { prefix: 'shared/tasks/', stepMs: 700 } } });
      const { id } = box.hire();
      await box.ended(id);
      expect(box.assignments()).toEqual([`${id} 1`]);
    });

    test(`HiClaw ten minutes ${how}: a worker that falls silent is notified again`, async ({
      openBox,
      expect,
    }) => {
      const box = await openBox({ clocksAheadMs: { hiclaw: aheadMs } });
      box.hiclaw.worker('alice').behave({ kind: 'silent' });
      await box.startApp({ timing: { ...box.timing, silenceSeconds: 3 } });
      await box.listening();
      const { id } = box.hire();
      await until(() => box.assignments().length >= 2);
      expect(box.assignments().slice(0, 2)).toEqual([`${id} 1`, `${id} 2`]);
    });
  }

  for (const minutes of [-15, 15]) {
    test(`the marketplace ${minutes} minutes ahead: a hire due in eight is worked on`, async ({
      openBox,
      expect,
    }) => {
      const aheadMs = minutes * MINUTE_MS;
      const box = await openBox({ clocksAheadMs: { marketplace: aheadMs } });
      await box.startApp();
      await box.listening();
      const deadlineAt = new Date(Date.now() + aheadMs + 8 * MINUTE_MS).toISOString();
      const { id } = box.hire('alice', 'Write a note about escrow for newcomers.', { deadlineAt });
      await box.ended(id);
      expect(box.settlements(id)).toEqual(['result']);
    });
  }
});
