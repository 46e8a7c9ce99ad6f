import type { AgentId, HiringId, Secret } from '../../domain/index.ts';
import type { PendingHiring } from '../pending-hiring.ts';
import type { RestClient } from '../rest-client.ts';
import type { Disconnect } from './disconnect.ts';
import { findHiring } from './find-hiring.ts';
import type { HiringSource, SessionRead } from './hiring-source.ts';
import { McpCredentials } from './mcp-credentials.ts';
import { openMcpSession, type McpSession } from './mcp-session.ts';
import { pendingHirings } from './resource-documents.ts';
import type { DropCause } from './session-status.ts';
import { DEFAULT_TIMINGS } from './session-timings.ts';
import type { ToolOutcome } from './tools.ts';

export interface OneShotSessionOptions {
  readonly client: RestClient;
  readonly agentId: AgentId;
  readonly key: Secret;
  /** Ends a session that is under way. */
  readonly stop: AbortSignal;
  readonly onAnomaly: (problem: string) => void;
}

/** What one read of the pending list gave. */
export type PendingRead =
  | { readonly kind: 'read'; readonly items: readonly PendingHiring[] }
  | {
      readonly kind: 'failed';
      readonly problem: string;
      /** Why there was no session; undefined when there was one and it did not give the list. */
      readonly cause?: DropCause | undefined;
    };

/** An agent's MCP server, asked by a session for each question. */
export interface OneShotSessions extends HiringSource {
  /** Reads the pending list, which also shows that the agent is there (Agrenting API reference, 4.8). */
  readPending(): Promise<PendingRead>;
}

const CLOSED: Disconnect = { cause: 'ended', problem: 'closed by the adapter' };

/**
 * Asks an agent's MCP server without keeping a session: a bridge that receives webhooks has nothing else that
 * shows a balance-funded hire whose webhook was lost (Agrenting API reference, 21 #1 and #2). Each
 * question opens a connection of its own and ends it; none rejects.
 */
export function createOneShotSessions(options: OneShotSessionOptions): OneShotSessions {
  const { client, agentId, key } = options;
  const access = client.access(key);
  // Kept from session to session, so that what worked is tried first.
  const credentials = new McpCredentials(client, access);

  async function within<T>(
    ask: (session: McpSession) => Promise<T>,
    otherwise: (drop: Disconnect) => T,
  ): Promise<T> {
    const opened = await openMcpSession({
      client,
      agentId,
      access,
      credentials,
      limits: DEFAULT_TIMINGS,
      requestTimeoutMs: DEFAULT_TIMINGS.requestTimeoutMs,
      stop: options.stop,
      onConnected: () => undefined,
      onUpdated: () => undefined,
      onAnomaly: options.onAnomaly,
    });
    if (opened.kind === 'dropped') return otherwise(opened.drop);
    try {
      return await ask(opened.session);
    } finally {
      opened.session.end(CLOSED);
      await opened.session.closed;
    }
  }

  return {
    readHiring: async (hiringId: HiringId) =>
      await within<SessionRead>(
        async (session) => await findHiring(session, hiringId),
        ({ problem }) => ({ kind: 'unavailable', problem }),
      ),
    useTool: async (use) =>
      await within<ToolOutcome>(
        async (session) => await session.useTool(use),
        ({ problem }) => ({ kind: 'unavailable', problem }),
      ),
    readPrompt: async (name) =>
      await within<string | undefined>(
        async (session) => await session.readPrompt(name),
        () => undefined,
      ),
    readPending: async () =>
      await within<PendingRead>(
        async (session) => {
          const read = await session.readPending();
          if (read.kind === 'texts') return { kind: 'read', items: pendingHirings(read.texts) };
          return { kind: 'failed', problem: read.problem };
        },
        ({ cause, problem }) => ({ kind: 'failed', problem, cause }),
      ),
  };
}
