import { Counter, type Registry } from 'prom-client';

/** Told of what was closed to make room for others. */
export interface Evictions {
  readonly connection: () => void;
  readonly body: () => void;
}

export function createEvictions(registry: Registry): Evictions {
  const total = new Counter({
    name: 'agrenting_hiclaw_webhook_evictions_total',
    help: 'What was closed to make room for others: connections, and bodies that were being read',
    labelNames: ['what'] as const,
    registers: [registry],
  });
  for (const what of ['connection', 'body']) total.inc({ what }, 0);
  return {
    connection: () => total.inc({ what: 'connection' }),
    body: () => total.inc({ what: 'body' }),
  };
}
