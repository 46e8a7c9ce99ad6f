import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['agrenting-hiclaw-source', 'node', 'import', 'default'] } },
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.real.ts'],
    // Each file has servers and workers of its own, half a gigabyte each.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    retry: 0,
    allowOnly: false,
  },
});
