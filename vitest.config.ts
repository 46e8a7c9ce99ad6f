import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['agrenting-hiclaw-source', 'node', 'import', 'default'] } },
  test: {
    include: ['{apps,packages,tooling}/*/{src,test}/**/*.test.ts', 'tooling/*.test.ts'],
    // Most tests wait for servers, not for a core.
    maxWorkers: 5,
    isolate: false,
    globalSetup: ['tooling/checks/src/temporary-folder.ts'],
    // Tests wait for a state and end when it is there; these only bound a test that hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    maxConcurrency: 3,
    retry: 0,
    allowOnly: false,
  },
});
