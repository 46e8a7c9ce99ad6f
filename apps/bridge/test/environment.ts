import { fileURLToPath } from 'node:url';
import { boxedTest, type Box, type BoxOptions } from '@agrenting-hiclaw/sandbox/testing';
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
export const test = boxedTest({
  main: MAIN,
  waitUntilReady: async (_box, app) => await app.printed('listening for webhooks'),
  start,
});

/** A box whose agents are reached by webhook at that port. */
export function byWebhook(port: number, options: BoxOptions = {}): BoxOptions {
  const metadata = {
    callback_url: `http://127.0.0.1:${port}/webhook/agrenting/hiring`,
    callback_auth_header: `Authorization: ApiKey ${KEY}`,
  };
  return { ...options, listing: { ...options.listing, metadata } };
}

/** The app's settings in such a box. */
export function settingsOf(port: number, webhook: Record<string, unknown> = {}): Record<string, unknown> {
  return { webhook: { port, keys: [KEY], ...webhook } };
}

export type BridgeEnvironment = Box<RunningBridge>;
