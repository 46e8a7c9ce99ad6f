import { Counter, Histogram, type Registry } from 'prom-client';

/** What became of a delivery. */
export type DeliveryOutcome =
  | 'new'
  /** Heard before, word for word. */
  | 'repeated'
  /** Heard before, in other words: a hirer's retry, or somebody's second version. */
  | 'changed'
  | 'test'
  | 'event'
  | 'unauthorized'
  | 'limited'
  | 'invalid'
  | 'too_large'
  | 'encoded'
  | 'broken_off'
  | 'not_stored';

/** What the bridge measures of deliveries. */
export interface DeliveryMetrics {
  count(outcome: DeliveryOutcome, status: number, tookMs: number): void;
}

export function createDeliveryMetrics(registry: Registry): DeliveryMetrics {
  const registers = [registry];
  const total = new Counter({
    name: 'agrenting_hiclaw_webhook_deliveries_total',
    help: 'Webhook deliveries, by what became of them',
    labelNames: ['outcome'] as const,
    registers,
  });
  const answers = new Counter({
    name: 'agrenting_hiclaw_webhook_answers_total',
    help: 'Answers to webhook deliveries, by HTTP status',
    labelNames: ['status'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'agrenting_hiclaw_webhook_answer_seconds',
    help: 'From the headers of a webhook delivery to its answer',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  // It is alerted on: its first rise is to be seen.
  total.inc({ outcome: 'not_stored' }, 0);
  return {
    count(outcome, status, tookMs) {
      total.inc({ outcome });
      answers.inc({ status });
      seconds.observe(tookMs / 1_000);
    },
  };
}
