import { Counter, Histogram, type Registry } from 'prom-client';
import type { PendingList } from '@agrenting-hiclaw/app';

/** What the poller measures of its sweeps. */
export interface PollMetrics {
  count(list: 'rest' | 'mcp' | 'owner', look: PendingList): void;
  /** Runs a sweep and notes how long it took. */
  timed<T>(sweep: () => Promise<T>): Promise<T>;
}

export function createPollMetrics(registry: Registry): PollMetrics {
  const registers = [registry];
  const looks = new Counter({
    name: 'agrenting_hiclaw_polls_total',
    help: 'Looks at lists of pending hirings, by what came of them',
    labelNames: ['list', 'outcome'] as const,
    registers,
  });
  const seconds = new Histogram({
    name: 'agrenting_hiclaw_poll_sweep_seconds',
    help: "One look at all lists of one agent, or at the owner's",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  for (const list of ['rest', 'mcp'] as const) {
    for (const outcome of ['read', 'failed', 'refused'] as const) looks.inc({ list, outcome }, 0);
  }
  return {
    count(list, look) {
      looks.inc({ list, outcome: outcomeOf(look) });
    },
    async timed(sweep) {
      const end = seconds.startTimer();
      try {
        return await sweep();
      } finally {
        end();
      }
    },
  };
}

function outcomeOf(look: PendingList): 'read' | 'failed' | 'refused' | 'elsewhere' {
  if (look.kind === 'failed') return look.unauthorized ? 'refused' : 'failed';
  return look.kind === 'read' ? 'read' : 'elsewhere';
}
