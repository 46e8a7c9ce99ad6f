import { runMain } from '@agrenting-hiclaw/runtime';
import { startAdminApi } from './app.ts';

await runMain({
  name: 'admin-api',
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
  needs: { admin: true },
  start: startAdminApi,
});
