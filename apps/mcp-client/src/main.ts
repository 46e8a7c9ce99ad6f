import { runMain } from '@agrenting-hiclaw/runtime';
import { startMcpClient } from './app.ts';

await runMain({
  name: 'mcp-client',
  host: {
    environment: process.env,
    nodeVersion: process.versions.node,
    onStop: (listener) => {
      process.on('SIGTERM', listener);
      process.on('SIGINT', listener);
    },
    print: (text) => process.stderr.write(text),
    exit: (code) => process.exit(code),
  },
  start: startMcpClient,
});
