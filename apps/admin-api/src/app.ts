import { startAdapter, type RunningAdapter } from '@agrenting-hiclaw/app';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { startAdminServer } from './server.ts';

/** A running admin API, with what its tests and commands look at. */
export interface RunningAdminApi extends RunningAdapter {
  /** Where the API and the console are served. */
  readonly adminUrl: string;
  /** For who started it: where the console is, or what to do to have one. */
  readonly notice: string;
}

/** The operator's HTTP API and the console, and everything that every app has. It hears no hirings itself. */
export async function startAdminApi(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunningAdminApi> {
  let adminUrl = '';
  let notice = '';
  const adapter = await startAdapter({
    name: 'admin-api',
    configuration,
    environment,
    startIntake: async (parts) => {
      const side = await startAdminServer(parts, environment);
      ({ url: adminUrl, notice } = side);
      return side;
    },
  });
  return { ...adapter, adminUrl, notice };
}
