import type { Clock } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { createMatrixSink } from './matrix-sink.ts';
import type { Sink } from './sink.ts';
import { createWebhookSink } from './webhook-sink.ts';

/** The places that the configuration names for alerts. */
export async function createSinks(
  { matrix, alerts }: Pick<Configuration, 'matrix' | 'alerts'>,
  clock: Clock,
): Promise<readonly Sink[]> {
  const { matrixRoom, webhookUrl, webhookSecret } = alerts;
  return [
    ...(matrixRoom === undefined ? [] : [await createMatrixSink(matrix, matrixRoom)]),
    ...(webhookUrl === undefined
      ? []
      : [createWebhookSink({ url: webhookUrl, secret: webhookSecret, clock })]),
  ];
}

/** Their names, without building them. */
export function sinkNames({ matrixRoom, webhookUrl }: Configuration['alerts']): readonly Sink['name'][] {
  return [
    ...(matrixRoom === undefined ? [] : (['matrix'] as const)),
    ...(webhookUrl === undefined ? [] : (['webhook'] as const)),
  ];
}
