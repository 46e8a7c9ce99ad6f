import { test as base } from 'vitest';
import { AppProcess } from './app-process.ts';
import { Environment, type App, type EnvironmentOptions, type StartApp } from './environment.ts';
import { startLostWebhooks, type LostWebhooks } from './lost-webhooks.ts';

export interface AppUnderTest<Started extends App> {
  /** Path of its `src/main.ts`. */
  readonly main: string;
  readonly start: StartApp<Started>;
  /** Resolves when a process of it hears hirings. */
  readonly waitUntilReady: (env: Environment<Started>, app: AppProcess) => Promise<void>;
}

interface EnvironmentFixtures<Started extends App> {
  /** Starts both sandboxes; they and all apps end with the test. */
  readonly openEnvironment: (options?: EnvironmentOptions) => Promise<Environment<Started>>;
  /** Starts the app as a process of its own, between the sandboxes of an environment, and waits until it hears. */
  readonly startProcess: (
    env: Environment<Started>,
    settings?: Readonly<Record<string, unknown>>,
  ) => Promise<AppProcess>;
  /** Changes to a listing whose webhooks are all lost. */
  readonly lostWebhooks: LostWebhooks['listing'];
}

/** Tests of an app with environments of their own, so that they may run side by side. */
export function environmentTest<Started extends App>({ main, start, waitUntilReady }: AppUnderTest<Started>) {
  return base.extend<EnvironmentFixtures<Started>>({
    openEnvironment: async ({ task: _ofThisTest }, use) => {
      const environments: Environment<Started>[] = [];
      await use(async (options) => {
        const env = await Environment.start(start, options);
        environments.push(env);
        return env;
      });
      await Promise.all(environments.map(async (env) => await env.close()));
    },
    startProcess: async ({ openEnvironment: _environmentsCloseAfterProcesses }, use) => {
      const processes: AppProcess[] = [];
      await use(async (env, settings = {}) => {
        const content = env.settings({ log: { level: 'info' }, ...settings });
        const app = await AppProcess.start(env.folder, content, { main });
        processes.push(app);
        await waitUntilReady(env, app);
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
