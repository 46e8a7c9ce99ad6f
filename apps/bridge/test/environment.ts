import { fileURLToPath } from 'node:url';
import {
  environmentTest,
  type Environment,
  type EnvironmentOptions,
} from '@agrenting-hiclaw/sandbox/testing';
import { checkConfiguration } from '@agrenting-hiclaw/runtime';
import { startBridge, type RunningBridge } from '../src/app.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
export const KEY = 'a-key-of-the-webhook-0123456789';

/** Starts the app with a configuration file's content. */
async function start(settings: Record<string, unknown>): Promise<RunningBridge> {
  const loaded = await checkConfiguration(settings, {}, { webhook: true });
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const { PATH, HOME } = process.env;
  return await startBridge(loaded.configuration, { PATH, HOME });
}

/** Tests with both sandboxes around the app. */
export const test = environmentTest({
  main: MAIN,
  waitUntilReady: async (_env, app) => await app.printed('listening for webhooks'),
  start,
});

/** An environment whose agents are reached by webhook at that port. */
export function byWebhook(port: number, options: EnvironmentOptions = {}): EnvironmentOptions {
  const metadata = {
    callback_url: `http://127.0.0.1:${port}/webhook/agrenting/hiring`,
    callback_auth_header: `Authorization: ApiKey ${KEY}`,
  };
  return { ...options, listing: { ...options.listing, metadata } };
}

/** The app's settings in such an environment. */
export function settingsOf(port: number, webhook: Record<string, unknown> = {}): Record<string, unknown> {
  return { webhook: { port, keys: [KEY], ...webhook } };
}

export type BridgeEnvironment = Environment<RunningBridge>;
