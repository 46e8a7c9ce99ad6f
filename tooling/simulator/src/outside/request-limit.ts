import type { AgentId } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';

const WINDOW_MS = 60_000;

/** How many requests the marketplace takes of a key in each minute; it has a whole one for each, whatever else is wrong. */
export class RequestLimit {
  readonly #stage: Stage;
  readonly #windows = new Map<AgentId, { readonly endsAtMs: number; left: number }>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Takes one request, if more than a part of all is left after it; gives the time to wait where it is not taken, else 0. */
  take(agentId: AgentId, leftToOthers = 0): number {
    const { scenario, timeline } = this.#stage;
    const { requestsPerMinute } = scenario;
    if (requestsPerMinute === undefined) return 0;
    const { nowMs } = timeline;
    let window = this.#windows.get(agentId);
    if (window === undefined || window.endsAtMs <= nowMs) {
      window = { endsAtMs: nowMs + WINDOW_MS, left: requestsPerMinute };
      this.#windows.set(agentId, window);
    }
    // The first one of a window may be of any kind, however few there are.
    const isFirst = window.left === requestsPerMinute;
    if (!isFirst && window.left - 1 < leftToOthers * requestsPerMinute) return window.endsAtMs - nowMs;
    window.left -= 1;
    return 0;
  }
}
