import type { Clock } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { matrixSink } from './matrix-sink.ts';
import type { Sink, SinkKind, SinkSettings } from './sink.ts';
import { webhookSink } from './webhook-sink.ts';

/** Every kind of sink that alerts can go to. */
export const SINK_KINDS: readonly SinkKind[] = [matrixSink, webhookSink];

/** What to do where there is no sink. */
export const HOW_TO_SET_A_SINK = `Set ${SINK_KINDS.map(({ setting }) => `alerts.${setting}`).join(' or ')} (see docs/alerts.md).`;

/** The sinks that the configuration names. */
export async function createSinks(settings: SinkSettings, clock: Clock): Promise<readonly Sink[]> {
  const sinks: Sink[] = [];
  for (const kind of SINK_KINDS) {
    const sink = await kind.create(settings, clock);
    if (sink !== undefined) sinks.push(sink);
  }
  return sinks;
}

/** Their names, without creating them. */
export function sinkNames(alerts: Configuration['alerts']): readonly string[] {
  return SINK_KINDS.filter(({ setting }) => alerts[setting] !== undefined).map(({ name }) => name);
}
