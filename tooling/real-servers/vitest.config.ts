import { defineConfig } from 'vitest/config';

/** They have sandboxes instead, or nobody to talk to. */
const WITHOUT_SERVERS = ['test/console.real.ts', 'test/deploy.real.ts', 'test/package.real.ts'];
const hasServers = process.env['REAL_SERVERS_FOLDER'] !== undefined;

export default defineConfig({
  ssr: { resolve: { conditions: ['agrenting-hiclaw-source', 'node', 'import', 'default'] } },
  test: {
    root: import.meta.dirname,
    include: hasServers ? ['test/**/*.real.ts'] : WITHOUT_SERVERS,
    // Each file has servers and workers of its own, half a gigabyte each.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    retry: 0,
    allowOnly: false,
  },
});
