import { STATES, type QueueStats, type Transition } from '@agrenting-hiclaw/core/domain';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What a process that runs the engine measures. */
export interface EngineMetrics {
  readonly registry: Registry;
  countMove(transition: Transition): void;
  countTrouble(state: string): void;
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
    help: 'Moves of hirings, by the state they went to',
    labelNames: ['to'] as const,
    registers,
  });
  const troubles = new Counter({
    name: 'agrenting_hiclaw_step_failures_total',
    help: 'Steps that did not get on, by the state they were in',
    labelNames: ['state'] as const,
    registers,
  });
  const overdue = new Gauge({
    name: 'agrenting_hiclaw_overdue_hirings',
    help: 'Open hirings that should have been looked at by now',
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
    countMove: (transition) => transitions.inc({ to: transition.to }),
    countTrouble: (state) => troubles.inc({ state }),
  };
}
