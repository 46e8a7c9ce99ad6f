import { STATES, type QueueStats, type Transition } from '@agrenting-hiclaw/core/domain';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What a process that runs the engine measures. */
export interface EngineMetrics {
  readonly registry: Registry;
  countTransition(transition: Transition): void;
  countStepFailure(failure: { readonly state: string; readonly code: string }): void;
}

/** Metrics of the engine; `backlog` is read from the store at every scrape. */
export function createEngineMetrics(
  queueStats: () => Promise<QueueStats>,
  registry = new Registry(),
): EngineMetrics {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const transitions = new Counter({
    name: 'agrenting_hiclaw_transitions_total',
    help: 'Transitions of hirings, by target state',
    labelNames: ['to'] as const,
    registers,
  });
  const troubles = new Counter({
    name: 'agrenting_hiclaw_step_failures_total',
    help: 'Failed steps, by state and reason',
    labelNames: ['state', 'reason'] as const,
    registers,
  });
  const overdue = new Gauge({
    name: 'agrenting_hiclaw_overdue_hirings',
    help: 'Open hirings past their due time',
    registers: [],
    async collect() {
      this.set((await queueStats()).overdue);
    },
  });
  const hirings = new Gauge({
    name: 'agrenting_hiclaw_hirings',
    help: 'Hirings on file, by state',
    labelNames: ['state'] as const,
    registers: [],
    async collect() {
      const { byState } = await queueStats();
      for (const state of STATES) this.set({ state }, byState[state]);
    },
  });
  registry.registerMetric(overdue);
  registry.registerMetric(hirings);
  return {
    registry,
    countTransition: (transition) => transitions.inc({ to: transition.to }),
    countStepFailure: ({ state, code }) => troubles.inc({ state, reason: code }),
  };
}
