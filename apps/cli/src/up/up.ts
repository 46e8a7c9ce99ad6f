import type { RunningAdapter } from '@agrenting-hiclaw/adapter';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

export interface UpOptions extends CommonOptions {
  readonly apps?: string | undefined;
}

type StartApp = (
  configuration: Configuration,
  environment: Terminal['environment'],
) => Promise<RunningAdapter>;

/** Loaded only when it is started. */
const APPS: Readonly<Record<string, () => Promise<StartApp>>> = {
  bridge: async () => (await import('@agrenting-hiclaw/bridge/app')).startBridge,
  'mcp-client': async () => (await import('@agrenting-hiclaw/mcp-client/app')).startMcpClient,
  poller: async () => (await import('@agrenting-hiclaw/poller/app')).startPoller,
};

/** Starts a set of apps in one process and keeps them until it is told to stop. Each has a health port of its own. */
export async function up(terminal: Terminal, options: UpOptions): Promise<void> {
  const names = (options.apps ?? 'mcp-client,poller').split(',').map((name) => name.trim());
  const unknown = names.filter((name) => APPS[name] === undefined);
  if (unknown.length > 0) {
    throw new CommandError(
      EXIT.usage,
      `there is no app ${unknown.join(', ')}`,
      `There are ${Object.keys(APPS).join(', ')}.`,
    );
  }
  const configuration = await loadedConfiguration(terminal, options, { webhook: names.includes('bridge') });
  const running: RunningAdapter[] = [];
  try {
    for (const [index, name] of names.entries()) {
      const start = await APPS[name]?.();
      if (start === undefined) continue;
      const { health } = configuration;
      const port = health.port === 0 ? 0 : health.port + index;
      const app = await start({ ...configuration, health: { ...health, port } }, terminal.environment);
      running.push(app);
      terminal.complain(`${name} is up: ${app.healthUrl}\n`);
    }
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    if (terminal.stop.aborted) resolve();
    terminal.stop.addEventListener('abort', () => resolve(), { once: true });
    // One that fails for good ends them all: whoever watches the process starts it anew.
    await Promise.race([stopped, ...running.map(async ({ closed }) => await closed)]);
  } finally {
    await Promise.all(running.map(async (app) => await app.close()));
  }
}
