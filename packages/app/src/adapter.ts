import { type AgentId, OVERDUE_GRACE_MS, type Store } from '@agrenting-hiclaw/core/domain';
import { startEngine, type EngineSettings } from '@agrenting-hiclaw/engine';
import {
  type Configuration,
  createEngineMetrics,
  policyOf,
  type Readiness,
  type RunningApp,
  startHealthServer,
} from '@agrenting-hiclaw/runtime';
import { Registry } from 'prom-client';
import { startAlerts } from '@agrenting-hiclaw/alerts';
import { engineSettings } from './engine-settings.ts';
import { connectHiclaw } from './hiclaw.ts';
import { keepRereadingEnded } from './ended-rereads.ts';
import { startRetentionJob } from './retention-job.ts';
import type { AppParts, Intake } from './intake.ts';
import { openRepositories } from './repositories.ts';
import { openRuntime, type RuntimeOptions } from './open-runtime.ts';
import { traceSteps } from './observe/step-tracing.ts';
import { countDeleted } from './observe/count-deleted.ts';
import { createAppMetrics } from './observe/metrics.ts';
import { registerGauges } from './observe/gauges.ts';
import { instrumented } from './observe/instrumented-ports.ts';
import { instrumentedStore } from './observe/instrumented-store.ts';
import { engineEvents, readinessOf } from './report.ts';
import { ConnectingHiclaw, StartingIntake } from './starting-parts.ts';
import { createTaskIds } from './task-ids.ts';

export interface AdapterOptions {
  /** Of the app, as it appears in logs and leases. */
  readonly name: string;
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly startIntake: (parts: AppParts) => Intake | Promise<Intake>;
  /** Where the log goes; standard output unless given. */
  readonly logTo?: RuntimeOptions['logTo'];
  /** Takes the place of what the configuration says. */
  readonly engine?: Partial<EngineSettings> | undefined;
}

/** A running app, with what its tests and commands look at. */
export interface RunningAdapter extends RunningApp {
  /** Where health and metrics are served. */
  readonly healthUrl: string;
  /** What is served there. */
  readonly metrics: Registry;
  readonly store: Store;
}

/**
 * Builds an app, in order: the store, the agents, health, its intake, and then HiClaw and the engine, which
 * take longer to load than a hiring should wait to be heard. Closes them in reverse. Rejects with the error
 * of the part that could not be built, after closing the others.
 */
export async function startAdapter(options: AdapterOptions): Promise<RunningAdapter> {
  const parts = new AsyncDisposableStack();
  try {
    return await build(parts, options);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

async function build(
  parts: AsyncDisposableStack,
  { name, configuration, environment, startIntake, logTo, engine: changes }: AdapterOptions,
): Promise<RunningAdapter> {
  const intake = new StartingIntake();
  const connecting = new ConnectingHiclaw();
  const registry = new Registry();
  const appMetrics = createAppMetrics(registry);
  const side = await openRuntime(parts, {
    name,
    configuration,
    logTo,
    session: (agentId) => intake.session(agentId),
    onCommit: ({ works, tookMs }) => {
      appMetrics.commitSeconds.observe(tookMs / 1_000);
      appMetrics.commitWorks.observe(works);
    },
  });
  const shared = { ...side, store: instrumentedStore(side.store, appMetrics) };
  const { agents, store, holder, clock, random, log } = shared;
  const settings = {
    ...engineSettings(configuration, holder),
    policy: (agentId: AgentId) => policyOf(configuration, agents.configured(agentId)?.policy),
    ...changes,
  };
  const metrics = createEngineMetrics(
    async () => await store.hirings.queueStats(clock.nowMs(), OVERDUE_GRACE_MS),
    registry,
  );
  // Health is answered from the beginning, and a port that is taken shows before any session begins.
  registerGauges({
    registry,
    hirings: store.hirings,
    clock,
    file: configuration.store.file,
    syncAgeMs: () => connecting.syncAgeMs(),
  });
  const readiness = async (): Promise<Readiness> =>
    await readinessOf({
      store,
      clock,
      problems: async () => [...agents.problems(), ...intake.problems(), ...(await connecting.problems())],
    });
  const health = parts.adopt(
    await startHealthServer({
      ...configuration.health,
      metrics: metrics.registry,
      readiness,
    }),
    async (server) => await server.close(),
  );
  const startedIntake = await startIntake({
    ...shared,
    metrics: metrics.registry,
    readiness,
    submitResult: async (taskId, text) => await connecting.submitResult(taskId, text),
  });
  intake.started(parts.adopt(startedIntake, async (started) => await started.close()));

  parts.adopt(
    await startAlerts({
      ...shared,
      count: (sink, outcome) => appMetrics.alerts.inc({ sink, outcome }),
      offline: () => [...agents.offline(), ...intake.offline()],
    }),
    async (alerts) => await alerts.close(),
  );

  const hiclaw = parts.adopt(
    await connectHiclaw({ ...shared, environment }),
    async (opened) => await opened.close(),
  );
  connecting.connected(hiclaw);
  const stopping = parts.adopt(new AbortController(), (controller) => controller.abort());
  const repositories = await openRepositories({
    configuration,
    environment,
    log,
    signal: stopping.signal,
  });

  const engine = parts.adopt(
    startEngine({
      ports: {
        clock,
        random,
        taskIds: createTaskIds(configuration.store.key),
        store: store.hirings,
        activities: store.activities,
        marketplaceClock: shared.client.theirClock,
        ...instrumented({ marketplace: agents.marketplace, repositories, ...hiclaw.ports }, appMetrics),
      },
      settings,
      events: engineEvents({ log, metrics, appMetrics, store }),
      stepMiddleware: traceSteps(appMetrics),
    }),
    async (started) => await started.close(),
  );
  parts.adopt(
    startRetentionJob({
      ...shared,
      deleteTask: async (taskId) => await hiclaw.deleteTask(taskId),
      count: (gone) => countDeleted(gone, appMetrics),
    }),
    async (keeper) => await keeper.close(),
  );
  const rereads = keepRereadingEnded({
    ...shared,
    marketplace: agents.marketplace,
    marketplaceClock: shared.client.theirClock,
  });
  if (rereads !== undefined) parts.adopt(rereads, async (keeper) => await keeper.close());
  log.info({ health: health.url, agents: agents.count }, 'started');

  return {
    healthUrl: health.url,
    metrics: registry,
    store,
    closed: engine.closed,
    close: async () => {
      log.info('closing');
      await parts.disposeAsync();
    },
  };
}
