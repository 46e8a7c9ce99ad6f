import { SINK_KINDS } from '@agrenting-hiclaw/alerts';
import { INTAKES, type SettleOutcome } from '@agrenting-hiclaw/core/domain';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** All names begin with it. */
export const PREFIX = 'agrenting_hiclaw_';

/** What became of something that an intake heard. */
export const INTAKE_OUTCOMES = ['new', 'repeated', 'changed', 'noted', 'malformed', 'not_stored'] as const;
export type IntakeOutcome = (typeof INTAKE_OUTCOMES)[number];

const WAYS = ['rest', 'mcp'] as const;
const ENDPOINTS = ['result', 'failure'] as const;
const SETTLE_OUTCOMES: readonly SettleOutcome['kind'][] = [
  'accepted',
  'unconfirmed',
  'queued',
  'over',
  'later',
  'other_way',
  'unauthorized',
  'refused',
  'unknown',
];
const DELIVERIES = ['sent', 'refused', 'unavailable'] as const;

/** From a call on one machine to one that waits for a busy server. */
const CALL_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** From an eager worker to one that works for days. */
const HIRING_SECONDS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200];
const COMMIT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15];

/** What every app counts as it happens. No label holds an id or a text: docs/metrics.md lists them. */
export type AppMetrics = ReturnType<typeof createAppMetrics>;

/** Registers them all. What is alerted on begins at zero, so that its first rise is seen. */
export function createAppMetrics(registry: Registry) {
  const { counter, gauge, histogram } = makers(registry);
  const appMetrics = {
    received: counter('deliveries_total', 'Deliveries received by intakes, by outcome', [
      'intake',
      'outcome',
    ]),
    reads: counter('hiring_reads_total', "Reads of a hiring under its agent's key", ['outcome', 'source']),
    reached: histogram(
      'hiring_reached_seconds',
      'Time from receipt of an attempt to each milestone',
      HIRING_SECONDS,
      ['reached'],
    ),
    stepSeconds: histogram('step_seconds', 'Steps of the engine, by the state they began in', CALL_SECONDS, [
      'state',
    ]),
    stepsRunning: gauge('steps_running', 'Hirings that this process works on now'),
    milestones: counter('milestones_total', 'Milestones of attempts, each counted once', ['milestone']),
    workerMessages: counter(
      'worker_messages_total',
      'Messages to workers; an assignment with a number above 1 is a reminder',
      ['purpose', 'number', 'outcome'],
    ),
    workerStarts: counter('worker_starts_total', 'Checks of a worker that found it starting or started it'),
    gateHolds: counter('gate_holds_total', 'Results held by the review', ['reason']),
    uploads: counter('uploads_total', 'Batches of files sent to the marketplace', ['outcome']),
    uploadedFiles: counter('uploaded_files_total', 'Files accepted by the marketplace'),
    uploadedBytes: counter('uploaded_bytes_total', 'Bytes of files accepted by the marketplace'),
    pushes: counter('pushes_total', "Pushes to hirers' repositories", ['outcome']),
    settlements: counter('settlements_total', 'Settlements sent', ['endpoint', 'way', 'outcome']),
    conversation: counter('conversation_messages_total', 'Messages between hirers and workers', [
      'direction',
      'outcome',
    ]),
    callSeconds: histogram('outside_call_seconds', 'Calls of the engine to what is outside', CALL_SECONDS, [
      'system',
      'call',
    ]),
    calls: counter('outside_calls_total', 'The same calls, by outcome', ['system', 'call', 'outcome']),
    limitWaits: counter('matrix_limit_waits_total', 'Messages delayed by a rate limit'),
    limitSeconds: counter('matrix_limit_wait_seconds_total', 'Seconds by which they were delayed'),
    commitSeconds: histogram(
      'store_commit_seconds',
      'Transactions of the store, the wait for other processes counted',
      COMMIT_SECONDS,
    ),
    commitWorks: histogram(
      'store_commit_works',
      'Pieces of work in one transaction',
      [1, 2, 4, 8, 16, 32, 64, 128, 256],
    ),
    leasesHeld: gauge('leases_held', 'Leases of this process, but for those of hirings', ['lease']),
    alerts: counter('alerts_total', 'Attempts to send alerts', ['sink', 'outcome']),
    deleted: counter('retention_deleted_total', 'Data deleted after its retention time', ['what']),
  };
  for (const intake of INTAKES) {
    for (const outcome of INTAKE_OUTCOMES) appMetrics.received.inc({ intake, outcome }, 0);
  }
  for (const endpoint of ENDPOINTS) {
    for (const way of WAYS) {
      for (const outcome of SETTLE_OUTCOMES) appMetrics.settlements.inc({ endpoint, way, outcome }, 0);
    }
  }
  for (const { name: sink } of SINK_KINDS) {
    for (const outcome of DELIVERIES) appMetrics.alerts.inc({ sink, outcome }, 0);
  }
  return appMetrics;
}

function makers(registry: Registry) {
  const registers = [registry];
  return {
    counter: <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Counter({ name: `${PREFIX}${name}`, help, labelNames: [...labelNames], registers }),
    gauge: <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
      new Gauge({ name: `${PREFIX}${name}`, help, labelNames: [...labelNames], registers }),
    histogram: <Label extends string = never>(
      name: string,
      help: string,
      buckets: readonly number[],
      labelNames: readonly Label[] = [],
    ) =>
      new Histogram({
        name: `${PREFIX}${name}`,
        help,
        buckets: [...buckets],
        labelNames: [...labelNames],
        registers,
      }),
  };
}
