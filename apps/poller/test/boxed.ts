import { createServer } from 'node:http';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RunningAdapter } from '@agrenting-hiclaw/adapter';
import { boxedTest } from '@agrenting-hiclaw/sandbox/testing';
import { checkConfiguration, type Configuration } from '@agrenting-hiclaw/runtime';
import { startPoller } from '../src/app.ts';

export const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

async function configurationOf(settings: Readonly<Record<string, unknown>>): Promise<Configuration> {
  const loaded = await checkConfiguration(settings, {});
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration;
}

/**
 * Tests with both sandboxes around the app. The agents are reachable by webhook as far as the marketplace can
 * see, and every webhook is lost: only the poller finds what was hired.
 */
export const test = boxedTest<RunningAdapter>({
  main: MAIN,
  hears: async (_box, app) => await app.printed('"msg":"started"'),
  async start(settings) {
    const { PATH, HOME } = process.env;
    return await startPoller(await configurationOf(settings), { PATH, HOME });
  },
}).extend<{ readonly lostWebhooks: { readonly metadata: { readonly callback_url: string } } }>({
  lostWebhooks: async ({ task: _ofThisTest }, use) => {
    const server = createServer((_request, response) => response.writeHead(200).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await use({ metadata: { callback_url: `http://127.0.0.1:${port}/` } });
    server.close();
    server.closeAllConnections();
  },
});
