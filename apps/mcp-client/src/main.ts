import { hostOf, runMain } from '@agrenting-hiclaw/runtime';
import { startMcpClient } from './app.ts';

await runMain({
  name: 'mcp-client',
  host: hostOf(process),
  start: startMcpClient,
});
