import {
  reopenLogFiles,
  SettingError,
  settingText,
  systemClock,
  type Configuration,
} from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { configurationEnvironment, loadedConfiguration } from '../configuration/loaded.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { superviseParts, type Part, type RunningPart } from './supervisor.ts';
import { watchConfiguration } from './config-watcher.ts';

export interface UpOptions extends CommonOptions {
  readonly apps?: string | undefined;
}

type StartApp = (configuration: Configuration, environment: Terminal['environment']) => Promise<RunningPart>;

/** Loaded only when it is started. */
const APPS: Readonly<Record<string, () => Promise<StartApp>>> = {
  'admin-api': async () => (await import('@agrenting-hiclaw/admin-api/app')).startAdminApi,
  bridge: async () => (await import('@agrenting-hiclaw/bridge/app')).startBridge,
  'mcp-client': async () => (await import('@agrenting-hiclaw/mcp-client/app')).startMcpClient,
  poller: async () => (await import('@agrenting-hiclaw/poller/app')).startPoller,
};

/**
 * Starts a set of apps in one process and keeps them until it is stopped; one that fails is started again, and all
 * of them are when the configuration changes. Each has a health port of its own.
 */
export async function up(terminal: Terminal, options: UpOptions): Promise<void> {
  const names = (options.apps ?? 'mcp-client,poller').split(',').map((name) => name.trim());
  const unknown = names.filter((name) => APPS[name] === undefined);
  if (unknown.length > 0) {
    throw new CommandError(
      EXIT.usage,
      `no such app: ${unknown.join(', ')}`,
      `Use one of: ${Object.keys(APPS).join(', ')}.`,
    );
  }
  const needs = { webhook: names.includes('bridge'), admin: names.includes('admin-api') };
  const load = async (): Promise<Configuration> => await loadedConfiguration(terminal, options, needs);
  const environment = configurationEnvironment(terminal, options);
  const say = (text: string): void => terminal.writeError(text);
  let configuration: Configuration | undefined = await load();
  let hearsHangUp = false;
  while (configuration !== undefined) {
    const present: Configuration = configuration;
    if (present.log.file !== undefined && !hearsHangUp) {
      terminal.onHangUp(reopenLogFiles);
      hearsHangUp = true;
    }
    const ending = new AbortController();
    const signal = AbortSignal.any([terminal.stop, ending.signal]);
    const next = watchConfiguration(present, { load, clock: systemClock, signal, say });
    const end = (): void => ending.abort();
    void next.then((changed) => {
      if (changed !== undefined) say('The configuration changed: restarting all apps.\n');
      end();
    }, end);
    try {
      await superviseParts({
        parts: partsOf(names, present, environment),
        clock: systemClock,
        stop: signal,
        say,
      });
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      const { what, remedy } = settingText(error.problem);
      throw new CommandError(EXIT.usage, `${error.problem.where} ${what}`, remedy);
    } finally {
      ending.abort();
    }
    configuration = await next;
  }
}

function partsOf(
  names: readonly string[],
  configuration: Configuration,
  environment: Terminal['environment'],
): readonly Part[] {
  const { health } = configuration;
  return names.map((name, index): Part => {
    const port = healthPort(configuration, index);
    return {
      name,
      start: async () => {
        const start = await APPS[name]?.();
        if (start === undefined) throw new TypeError(`there is no app ${name}`);
        return await start({ ...configuration, health: { ...health, port } }, environment);
      },
    };
  });
}

/** One after the other, past the port that the admin API has. */
function healthPort({ health, admin }: Configuration, index: number): number {
  if (health.port === 0) return 0;
  const port = health.port + index;
  return admin.port >= health.port && admin.port <= port ? port + 1 : port;
}
