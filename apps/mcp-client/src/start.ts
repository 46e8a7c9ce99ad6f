import { hostOf, runMain } from '@agrenting-hiclaw/runtime';
import { startMcpClient } from './app.ts';

/** Runs the app in the process that `main.ts` hands in, until it is stopped. */
export async function start(program: NodeJS.Process): Promise<void> {
  await runMain({
    name: 'mcp-client',
    host: hostOf(program),
    start: startMcpClient,
  });
}
