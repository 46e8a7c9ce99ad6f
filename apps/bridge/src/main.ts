import { runMain } from '@agrenting-hiclaw/runtime';
import { startBridge } from './app.ts';

await runMain({
  name: 'bridge',
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
  needs: { webhook: true },
  start: startBridge,
});
