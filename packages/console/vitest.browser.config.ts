import { defineConfig } from 'vitest/config';

// Needs Debian's chromium, so `npm test` leaves these out.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.browser.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    allowOnly: false,
  },
});
