import { onTestFinished } from 'vitest';
import type { Random } from '../../domain/index.ts';
import { createAgentSession, type AgentSession, type AgentSessionOptions } from '../mcp/agent-session.ts';
import type { PendingHiring } from '../pending-hiring.ts';
import type { SessionEvent, SessionState } from '../mcp/session-status.ts';
import type { SessionTimings } from '../mcp/session-timings.ts';
import { createRestClient } from '../rest-client.ts';
import { AGENT_ID, agentKey } from './agent.ts';
import { startMcpServer, type McpServer, type McpServerOptions } from './mcp-server.ts';
import { realClock } from './real-clock.ts';
import { until } from './until.ts';

/** Waits as short as a test wants them; what is not named is as in production. */
const QUICK: Partial<SessionTimings> = {
  readGapMs: 0,
  readRetryMs: 5,
  lost: { baseMs: 1, capMs: 5 },
  refused: { baseMs: 1, capMs: 5 },
};

const middle: Random = () => 0.5;

export interface World {
  readonly server: McpServer;
  readonly session: AgentSession;
  readonly events: readonly SessionEvent[];
  /** What `onPending` was given, one entry for each read. */
  readonly batches: readonly (readonly PendingHiring[])[];
  /** Methods of what was posted, in order; answers to the server are left out. */
  readonly methods: () => readonly string[];
  /** Resolves when the session is in this state. */
  readonly reaches: (state: SessionState) => Promise<void>;
  /** Resolves when the list was handed over so often. */
  readonly reads: (count: number) => Promise<void>;
}

/** A server, and a session with it that is not yet started. Both end with the test. */
export async function sessionWorld(
  serverOptions: McpServerOptions = {},
  options: Partial<Omit<AgentSessionOptions, 'timings'>> & { timings?: Partial<SessionTimings> } = {},
): Promise<World> {
  const server = await startMcpServer(serverOptions);
  const client = createRestClient({ baseUrl: server.baseUrl, clock: realClock });
  const events: SessionEvent[] = [];
  const batches: (readonly PendingHiring[])[] = [];
  const session = createAgentSession({
    client,
    agentId: AGENT_ID,
    key: agentKey(),
    random: middle,
    onPending: async (items) => {
      batches.push(items);
      return Promise.resolve();
    },
    onEvent: (event) => events.push(event),
    ...options,
    timings: { ...QUICK, ...options.timings },
  });
  onTestFinished(async () => {
    await session.close();
    client.close();
    await server.close();
  });
  return {
    server,
    session,
    events,
    batches,
    methods: () => server.posted.flatMap(({ method }) => method ?? []),
    reaches: async (state) => until(`state ${state}`, () => session.status().state === state),
    reads: async (count) => until(`${count} reads`, () => batches.length >= count),
  };
}
