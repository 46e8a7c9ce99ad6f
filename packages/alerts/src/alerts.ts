import type { AlertRules, OfflineAgent } from '@agrenting-hiclaw/core/domain';
import { startLeader, type ProcessParts } from '@agrenting-hiclaw/runtime';
import { AgentOfflineMonitor } from './agent-offline-monitor.ts';
import { scanHistory } from './history-scanner.ts';
import { sendAlerts } from './alert-sender.ts';
import type { Delivery, Sink } from './sink.ts';
import { createSinks, sinkNames } from './sinks.ts';
import { summaryText } from './alert-text.ts';

export interface AlertsOptions extends ProcessParts {
  /** The agents that hear nothing as far as this process knows. */
  readonly offline: () => readonly OfflineAgent[];
  /** Told of each try to send. */
  readonly count?: ((sink: string, delivery: Delivery['kind']) => void) | undefined;
}

export interface RunningAlerts {
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;

/**
 * Tells the operator of what the configuration says. One process at a time does so, and no hiring waits for it. When it
 * resolves for the first time on a store, later transitions are alerted.
 */
export async function startAlerts(options: AlertsOptions): Promise<RunningAlerts> {
  const { configuration, store, clock, random, log, leaseMs } = options;
  const settings = configuration.alerts;
  const names = sinkNames(settings);
  if (names.length === 0) return { close: async () => await Promise.resolve() };

  await store.alerts.unread(1).catch((error: unknown) => {
    log.error({ error }, 'the store does not say how far alerts are; it is asked again');
  });
  const rules: AlertRules = {
    sinks: names,
    perHour: settings.perHour,
    repeatAfterMs: settings.repeatAfterSeconds * 1_000,
    summarize: summaryText,
  };
  const offlineMonitor = settings.kinds.includes('agent_offline')
    ? new AgentOfflineMonitor({
        log: store.alerts,
        clock,
        rules,
        offlineAfterMs: settings.offlineAfterSeconds * 1_000,
        leaseMs,
        offline: options.offline,
      })
    : undefined;

  async function keepLooking(signal: AbortSignal): Promise<void> {
    const { kinds } = settings;
    while (!signal.aborted) {
      const more = await scanHistory({
        log: store.alerts,
        hirings: store.hirings,
        clock,
        rules,
        kinds,
      });
      await offlineMonitor?.raiseAlerts();
      if (!more) await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  const closing = new AbortController();
  const noting = offlineMonitor?.keepNoting(closing.signal, (error) =>
    log.error({ error }, 'it could not be noted which agents are offline'),
  );
  const singleton = startLeader({
    name: 'alerts',
    holder: options.holder,
    leases: store.leases,
    clock,
    leaseMs,
    onError: (what, error) => log.error({ error }, what),
    async run(signal) {
      const sinks = (await createSinks(configuration, clock)).map((sink) => counted(sink, options.count));
      // When one of them fails, the others end before all restart.
      const failed = new AbortController();
      const either = AbortSignal.any([signal, failed.signal]);
      const parts = [
        keepLooking(either),
        ...sinks.map(
          async (sink) => await sendAlerts({ sink, alerts: store.alerts, clock, random, log }, either),
        ),
      ];
      try {
        await Promise.all(parts);
      } finally {
        failed.abort();
        await Promise.allSettled(parts);
        for (const sink of sinks) sink.close();
      }
    },
  });

  return {
    async close() {
      closing.abort();
      await Promise.all([singleton.close(), noting]);
    },
  };
}

function counted(sink: Sink, count: AlertsOptions['count']): Sink {
  return {
    name: sink.name,
    close: () => sink.close(),
    async send(alert, signal) {
      const delivery = await sink.send(alert, signal);
      count?.(sink.name, delivery.kind);
      return delivery;
    },
  };
}
