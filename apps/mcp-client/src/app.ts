import { startAdapter, type RunningAdapter } from '@agrenting-hiclaw/app';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { startSessions } from './sessions.ts';

/** The adapter for connection by MCP: one session per agent, and everything that every app has. */
export async function startMcpClient(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunningAdapter> {
  return await startAdapter({ name: 'mcp-client', configuration, environment, startIntake: startSessions });
}
