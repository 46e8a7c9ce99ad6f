import { test as base } from 'vitest';
import { Box, type BoxOptions } from './box.ts';
import { AppProcess } from './process.ts';

interface Boxed {
  /** Starts both sandboxes; they and all apps end with the test. */
  readonly openBox: (options?: BoxOptions) => Promise<Box>;
  /** Starts the app as a process of its own, between the sandboxes of a box, and waits until it listens. */
  readonly startProcess: (box: Box, settings?: Readonly<Record<string, unknown>>) => Promise<AppProcess>;
}

/** Tests with boxes of their own, so that they may run side by side. */
export const test = base.extend<Boxed>({
  openBox: async ({ task: _ofThisTest }, use) => {
    const boxes: Box[] = [];
    await use(async (options) => {
      const box = await Box.start(options);
      boxes.push(box);
      return box;
    });
    await Promise.all(boxes.map(async (box) => await box.close()));
  },
  startProcess: async ({ openBox: _boxesCloseAfterProcesses }, use) => {
    const processes: AppProcess[] = [];
    await use(async (box, settings = {}) => {
      const app = await AppProcess.start(box.folder, box.settings({ log: { level: 'info' }, ...settings }));
      processes.push(app);
      await box.listening();
      return app;
    });
    await Promise.all(processes.map(async (app) => await app.stop()));
  },
});
