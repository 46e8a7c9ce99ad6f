import type { Clock } from './clock.ts';
import type { Operation } from './fault.ts';

/** That a request came, whatever became of it. */
export interface Visit {
  atMs: number;
  via: 'rest' | 'mcp';
  operation: Operation;
  /** `null` if it was no agent's. */
  agentId: string | null;
}

export interface VisitFilter {
  via?: 'rest' | 'mcp' | undefined;
  operation?: Operation | undefined;
  agentId?: string | undefined;
}

/** When who asked for what: the newest requests, without their content. */
export class Visits {
  readonly #clock: Clock;
  readonly #maxVisits: number;
  #visits: Visit[] = [];

  constructor(clock: Clock, maxVisits: number) {
    this.#clock = clock;
    this.#maxVisits = maxVisits;
  }

  add(visit: Omit<Visit, 'atMs'>): void {
    this.#visits.push({ atMs: this.#clock.now(), ...visit });
    // Cut rarely: to half of the bound.
    if (this.#visits.length > this.#maxVisits) this.#visits = this.#visits.slice(-this.#maxVisits / 2);
  }

  /** Oldest first. */
  list({ via, operation, agentId }: VisitFilter = {}): Visit[] {
    return this.#visits
      .filter((visit) => via === undefined || visit.via === via)
      .filter((visit) => operation === undefined || visit.operation === operation)
      .filter((visit) => agentId === undefined || visit.agentId === agentId)
      .map((visit) => structuredClone(visit));
  }
}
