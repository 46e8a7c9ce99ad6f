import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunningAdapter } from '@agrenting-hiclaw/app';
import { startAdminApi } from '@agrenting-hiclaw/admin-api/app';
import { startBridge } from '@agrenting-hiclaw/bridge/app';
import { startMcpClient } from '@agrenting-hiclaw/mcp-client/app';
import { startPoller } from '@agrenting-hiclaw/poller/app';
import { checkConfiguration } from '@agrenting-hiclaw/runtime';
import { environmentTest } from '@agrenting-hiclaw/sandbox/testing';
import { describe } from 'vitest';
import { z } from 'zod';

const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
const OURS = 'agrenting_hiclaw_';

const STARTS = {
  'mcp-client': startMcpClient,
  bridge: startBridge,
  poller: startPoller,
  'admin-api': startAdminApi,
};

type AppName = keyof typeof STARTS;

const measured = z.object({
  name: z.string(),
  type: z.string(),
  help: z.string(),
  labelNames: z.array(z.string()),
});
type Measured = z.infer<typeof measured>;

/** What the app exports, as a row of the page. */
function rowOf({ name, type, help, labelNames }: Measured): string {
  return [`\`${name}\``, type, labelNames.map((label) => `\`${label}\``).join(', '), help].join(' | ');
}

/** The page's rows under a heading, cells trimmed. */
function rowsUnder(heading: string): readonly string[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const lines = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim())
      .join(' | '),
  );
}

const HEADINGS = {
  'mcp-client': 'In `mcp-client`',
  bridge: 'In `bridge`',
  poller: 'In `poller`',
  'admin-api': 'In `admin-api`',
};

async function start(app: AppName, settings: Record<string, unknown>): Promise<RunningAdapter> {
  const loaded = await checkConfiguration(settings, {}, { webhook: app === 'bridge' });
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const { PATH, HOME } = process.env;
  return await STARTS[app](loaded.configuration, { PATH, HOME });
}

describe('docs/metrics.md', () => {
  for (const app of ['mcp-client', 'bridge', 'poller', 'admin-api'] as const) {
    const test = environmentTest<RunningAdapter>({
      main: fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url)),
      waitUntilReady: async (_env, running) => await running.printed('"msg":"started"'),
      start: async (settings) => await start(app, settings),
    });

    test(`shows what ${app} exports: name, type, labels and meaning`, async ({ openEnvironment, expect }) => {
      const env = await openEnvironment();
      const running = await env.startApp({
        webhook: { port: 0, keys: ['a-key-of-the-webhook-0123456789'] },
        admin: { port: 0, tokens: [{ name: 'olga', role: 'viewer', hash: `sha256:${'0'.repeat(64)}` }] },
      });
      const all = running.metrics.getMetricsAsArray().map((metric) => measured.parse({ ...metric }));
      const ours = all.filter(({ name }) => name.startsWith(OURS));
      const shown = [...rowsUnder('In every app'), ...rowsUnder(HEADINGS[app])];
      expect(ours.map((metric) => rowOf(metric)).toSorted()).toEqual(shown.toSorted());

      const text = await (await fetch(`${running.healthUrl}/metrics`)).text();
      const served = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
      expect(new Set(served)).toEqual(new Set(all.map(({ name }) => name)));
      const ofProcess = all.filter(({ name }) => !name.startsWith(OURS));
      expect(ofProcess.map((metric) => rowOf(metric))).toEqual(
        expect.arrayContaining([...rowsUnder('Of the process')]),
      );
    });
  }
});
