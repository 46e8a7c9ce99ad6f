import { randomUUID } from 'node:crypto';
import type { Clock } from '@agrenting-hiclaw/core/domain';
import type { Delivery, SinkSettings } from './sink.ts';
import { createSinks } from './sinks.ts';

export interface Trial {
  readonly sink: string;
  readonly delivery: Delivery;
}

/** Sends one alert to each place that the configuration names, and gives what became of it. */
export async function sendTestAlerts(
  configuration: SinkSettings,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Trial[]> {
  const sinks = await createSinks(configuration, clock);
  try {
    const alert = {
      key: `test-${randomUUID()}`,
      kind: 'test',
      text: 'This is a trial: alerts of the Agrenting adapter arrive here. Nothing is to be done.',
      atMs: clock.nowMs(),
    } as const;
    return await Promise.all(
      sinks.map(async (sink) => ({ sink: sink.name, delivery: await sink.send(alert, signal) })),
    );
  } finally {
    for (const sink of sinks) sink.close();
  }
}
