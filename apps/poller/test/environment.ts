import { fileURLToPath } from 'node:url';
import type { RunningAdapter } from '@agrenting-hiclaw/app';
import { environmentTest } from '@agrenting-hiclaw/sandbox/testing';
import { checkConfiguration, type Configuration } from '@agrenting-hiclaw/runtime';
import { startPoller } from '../src/app.ts';

export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

async function configurationOf(settings: Readonly<Record<string, unknown>>): Promise<Configuration> {
  const loaded = await checkConfiguration(settings, {});
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration;
}

/** Tests with both sandboxes around the app. Where webhooks are lost, only the poller finds what was hired. */
export const test = environmentTest<RunningAdapter>({
  main: MAIN,
  waitUntilReady: async (_env, app) => await app.printed('"msg":"started"'),
  async start(settings) {
    const { PATH, HOME } = process.env;
    return await startPoller(await configurationOf(settings), { PATH, HOME });
  },
});
