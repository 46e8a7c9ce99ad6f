import { fileURLToPath } from 'node:url';
import { environmentTest } from '@agrenting-hiclaw/sandbox/testing';
import { checkConfiguration } from '@agrenting-hiclaw/runtime';
import { startMcpClient } from '../src/app.ts';

export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Starts the app with a configuration file's content. */
export async function start(settings: Record<string, unknown>): ReturnType<typeof startMcpClient> {
  const loaded = await checkConfiguration(settings, {});
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const { PATH, HOME } = process.env;
  return await startMcpClient(loaded.configuration, { PATH, HOME });
}

/** Tests with both sandboxes around the app. */
export const test = environmentTest({
  main: MAIN,
  waitUntilReady: async (env) => await env.listening(),
  start,
});
