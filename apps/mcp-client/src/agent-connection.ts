import { ingest, type IdentifiedAgent, type IntakeParts } from '@agrenting-hiclaw/app';
import {
  createAgentSession,
  type AgentSession,
  type SessionEvent,
  type SessionState,
  type SessionStatus,
} from '@agrenting-hiclaw/core/agrenting';
import { type AgentId, type OfflineAgent, mcpSessionLease } from '@agrenting-hiclaw/core/domain';
import { startLeader } from '@agrenting-hiclaw/runtime';
import type { SessionMetrics } from './session-metrics.ts';
import { keepSessionHeartbeat } from './session-heartbeat.ts';

/** The MCP session of one agent, as long as it is this process's to keep. */
export interface AgentConnection {
  readonly agentId: AgentId;
  /** Undefined while another process has it. */
  session(): AgentSession | undefined;
  /** Where its session is; undefined while another process has it. */
  state(): SessionState | undefined;
  /** What keeps the agent from hearing hirings; undefined while it hears, here or in another process. */
  problem(): string | undefined;
  /** The same for alerts: there one without a session in this process is left to the other. */
  offline(): OfflineAgent | undefined;
  close(): Promise<void>;
}

/** Keeps an agent's MCP session under a lease, so that one process at a time has it. */
export function startAgentConnection(
  { agentId, key }: IdentifiedAgent,
  parts: IntakeParts,
  appMetrics: SessionMetrics,
): AgentConnection {
  const { client, store, clock, random, log } = parts;
  let session: AgentSession | undefined;
  const singleton = startLeader({
    name: mcpSessionLease(agentId),
    holder: parts.holder,
    leases: store.leases,
    clock,
    leaseMs: parts.leaseMs,
    onError: (what, error) => log.error({ agentId, error }, what),
    run: keepSession,
  });

  async function keepSession(signal: AbortSignal): Promise<void> {
    const opened = createAgentSession({
      client,
      agentId,
      key,
      random,
      onPending: async (items) => void (await ingest({ intake: 'mcp', items, agentId, store, clock, log })),
      onEvent: (event) => {
        appMetrics.count(event);
        logEvent(event);
      },
    });
    session = opened;
    try {
      opened.start();
      await keepSessionHeartbeat({ ...parts, status: () => opened.status() }, signal);
    } finally {
      session = undefined;
      await opened.close();
    }
  }

  function logEvent(event: SessionEvent): void {
    switch (event.kind) {
      case 'state':
        log.info({ agentId, session: event.state }, `MCP session ${event.state}`);
        return;
      case 'dropped':
        log.warn({ agentId, ...event }, 'MCP session lost, reconnecting');
        return;
      case 'anomaly':
        log.warn({ agentId, problem: event.problem }, 'the marketplace said something odd');
        return;
      case 'ping':
    }
  }

  return {
    agentId,
    session: () => session,
    state: () => session?.status().state,
    problem: () => whyOffline(agentId, session?.status()),
    offline() {
      const status = session?.status();
      if (status === undefined || status.state === 'subscribed') return undefined;
      return { agent: agentId, reason: status.state === 'unauthorized' ? 'refused' : 'silent' };
    },
    close: async () => await singleton.close(),
  };
}

/** Without a session another process may have it; with one, only `subscribed` hears. */
function whyOffline(agentId: AgentId, status: SessionStatus | undefined): string | undefined {
  if (status === undefined || status.state === 'subscribed') return undefined;
  const why = status.problem === undefined ? '' : `: ${status.problem}`;
  return `agent ${agentId} is offline: its MCP session is ${status.state}${why}`;
}
