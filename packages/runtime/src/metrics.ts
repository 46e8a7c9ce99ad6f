import { STATES, type Backlog, type Move } from '@agrenting-hiclaw/core/domain';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** What a process that runs the engine measures. */
export interface EngineMetrics {
  readonly registry: Registry;
  countMove(move: Move): void;
  countTrouble(state: string): void;
}

/** Metrics of the engine; `backlog` is read from the store at every scrape. */
export function createEngineMetrics(
  backlog: () => Promise<Backlog>,
  registry = new Registry(),
): EngineMetrics {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const moves = new Counter({
    name: 'agrenting_hiclaw_moves_total',
    help: 'Moves of hirings, by the state they went to',
    labelNames: ['to'] as const,
    registers,
  });
  const troubles = new Counter({
    name: 'agrenting_hiclaw_troubles_total',
    help: 'Steps that did not get on, by the state they were in',
    labelNames: ['state'] as const,
    registers,
  });
  const overdue = new Gauge({
    name: 'agrenting_hiclaw_overdue_hirings',
    help: 'Open hirings that should have been looked at by now',
    registers: [],
    async collect() {
      this.set((await backlog()).overdue);
    },
  });
  const hirings = new Gauge({
    name: 'agrenting_hiclaw_hirings',
    help: 'Hirings on file, by state',
    labelNames: ['state'] as const,
    registers: [],
    async collect() {
      const { byState } = await backlog();
      for (const state of STATES) this.set({ state }, byState[state]);
    },
  });
  registry.registerMetric(overdue);
  registry.registerMetric(hirings);
  return {
    registry,
    countMove: (move) => moves.inc({ to: move.to }),
    countTrouble: (state) => troubles.inc({ state }),
  };
}
