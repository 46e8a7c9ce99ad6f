import type { SessionEvent, SessionState } from '@agrenting-hiclaw/core/agrenting';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the app measures of its sessions. */
export interface SessionMetrics {
  count(event: SessionEvent): void;
}

const STATES: readonly SessionState[] = [
  'idle',
  'connecting',
  'handshaking',
  'subscribed',
  'backoff',
  'unauthorized',
  'stopped',
];

/** `states` are asked for at every scrape: those of the sessions that this process keeps. */
export function createSessionMetrics(
  registry: Registry,
  states: () => readonly SessionState[],
): SessionMetrics {
  const registers = [registry];
  const drops = new Counter({
    name: 'agrenting_hiclaw_mcp_drops_total',
    help: 'MCP connections that ended, by why',
    labelNames: ['cause'] as const,
    registers,
  });
  const pings = new Histogram({
    name: 'agrenting_hiclaw_mcp_ping_seconds',
    help: 'From a ping to the marketplace to its answer',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const sessions = new Gauge({
    name: 'agrenting_hiclaw_mcp_sessions',
    help: 'MCP sessions that this process keeps, by state; only subscribed ones receive hirings',
    labelNames: ['state'] as const,
    registers: [],
    collect() {
      const now = states();
      for (const state of STATES) this.set({ state }, now.filter((one) => one === state).length);
    },
  });
  registry.registerMetric(sessions);
  return {
    count(event) {
      if (event.kind === 'dropped') drops.inc({ cause: event.cause });
      if (event.kind === 'ping') pings.observe(event.roundTripMs / 1_000);
    },
  };
}
