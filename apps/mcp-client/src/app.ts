import { randomUUID } from 'node:crypto';
import { createRestClient } from '@agrenting-hiclaw/core/agrenting';
import { startEngine } from '@agrenting-hiclaw/engine';
import {
  createEngineMetrics,
  createLogger,
  startHealthServer,
  systemClock,
  type Configuration,
  type RunningApp,
} from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore } from '@agrenting-hiclaw/store';
import { startAgents } from './agents.ts';
import { connectHiclaw } from './hiclaw.ts';
import { engineEvents, OVERDUE_GRACE_MS, readinessOf } from './report.ts';
import { engineSettings } from './settings.ts';

/** The app with what tests look at. */
export interface RunningMcpClient extends RunningApp {
  /** Where health and metrics are served. */
  readonly healthUrl: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Builds the adapter for connection by MCP, in order: the store, health, an MCP session per agent, and then
 * HiClaw and the engine, which take longer to load than a hiring should wait to be heard.
 */
export async function startMcpClient(
  configuration: Configuration,
  environment: Environment,
): Promise<RunningMcpClient> {
  const parts = new AsyncDisposableStack();
  try {
    return await build(parts, configuration, environment);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

async function build(
  parts: AsyncDisposableStack,
  configuration: Configuration,
  environment: Environment,
): Promise<RunningMcpClient> {
  const log = createLogger('mcp-client', configuration.log.level);
  const holder = `mcp-client-${randomUUID()}`;
  const clock = systemClock;
  const random = Math.random;
  const settings = engineSettings(configuration, holder);
  const { leaseMs } = settings;

  const store = parts.adopt(
    openStore({
      file: configuration.store.file,
      key: EncryptionKey.fromText(configuration.store.key.reveal()),
      onUnreadable: (hiringId, error) => log.error({ hiringId, error }, 'a stored hiring cannot be read'),
    }),
    async (opened) => await opened.close(),
  );
  const metrics = createEngineMetrics(
    async () => await store.hirings.backlog(clock.nowMs(), OVERDUE_GRACE_MS),
  );

  const client = parts.adopt(
    createRestClient({ baseUrl: configuration.marketplace.baseUrl, clock }),
    (made) => made.close(),
  );
  const agents = parts.adopt(
    startAgents({ agents: configuration.agents, client, store, holder, clock, random, leaseMs, log }),
    async (started) => await started.close(),
  );

  const hiclaw = parts.adopt(
    await connectHiclaw({ configuration, environment, agents, store, holder, clock, random, leaseMs, log }),
    async (connected) => await connected.close(),
  );
  const health = parts.adopt(
    await startHealthServer({
      ...configuration.health,
      metrics: metrics.registry,
      readiness: async () => await readinessOf({ store, agents, hiclaw, clock }),
    }),
    async (server) => await server.close(),
  );

  const engine = parts.adopt(
    startEngine({
      ports: {
        clock,
        random,
        store: store.hirings,
        signs: store.signs,
        marketplace: agents.marketplace,
        ...hiclaw.ports,
      },
      settings,
      events: engineEvents({ log, metrics, store }),
    }),
    async (started) => await started.close(),
  );
  log.info({ health: health.url, agents: configuration.agents.length }, 'started');

  return {
    healthUrl: health.url,
    closed: engine.closed,
    close: async () => {
      log.info('closing');
      await parts.disposeAsync();
    },
  };
}
