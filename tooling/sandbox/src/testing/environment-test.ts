import { test as base } from 'vitest';
import { AppProcess } from './app-process.ts';
import { Box, type App, type BoxOptions, type StartApp } from './environment.ts';
import { startLostWebhooks, type LostWebhooks } from './lost-webhooks.ts';

export interface AppUnderTest<Started extends App> {
  /** Path of its `src/main.ts`. */
  readonly main: string;
  readonly start: StartApp<Started>;
  /** Resolves when a process of it hears hirings. */
  readonly waitUntilReady: (box: Box<Started>, app: AppProcess) => Promise<void>;
}

interface Boxed<Started extends App> {
  /** Starts both sandboxes; they and all apps end with the test. */
  readonly openBox: (options?: BoxOptions) => Promise<Box<Started>>;
  /** Starts the app as a process of its own, between the sandboxes of a box, and waits until it hears. */
  readonly startProcess: (
    box: Box<Started>,
    settings?: Readonly<Record<string, unknown>>,
  ) => Promise<AppProcess>;
  /** Changes to a listing whose webhooks are all lost. */
  readonly lostWebhooks: LostWebhooks['listing'];
}

/** Tests of an app with boxes of their own, so that they may run side by side. */
export function boxedTest<Started extends App>({ main, start, waitUntilReady }: AppUnderTest<Started>) {
  return base.extend<Boxed<Started>>({
    openBox: async ({ task: _ofThisTest }, use) => {
      const boxes: Box<Started>[] = [];
      await use(async (options) => {
        const box = await Box.start(start, options);
        boxes.push(box);
        return box;
      });
      await Promise.all(boxes.map(async (box) => await box.close()));
    },
    startProcess: async ({ openBox: _boxesCloseAfterProcesses }, use) => {
      const processes: AppProcess[] = [];
      await use(async (box, settings = {}) => {
        const content = box.settings({ log: { level: 'info' }, ...settings });
        const app = await AppProcess.start(box.folder, content, { main });
        processes.push(app);
        await waitUntilReady(box, app);
        return app;
      });
      await Promise.all(processes.map(async (app) => await app.stop()));
    },
    lostWebhooks: async ({ task: _ofThisTest }, use) => {
      const webhooks = await startLostWebhooks();
      await use(webhooks.listing);
      webhooks.close();
    },
  });
}
