import { registerHooks } from 'node:module';

/** What takes long to load, and has no place in what only prints words. */
const HEAVY =
  /\/node_modules\/(?:drizzle-orm|zod|yaml|matrix-js-sdk|minio|hono|better-sqlite3|prom-client)\//;

// Loaded before a program: fails it as soon as it loads one of them.
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    if (HEAVY.test(resolved.url)) throw new Error(`${resolved.url} is loaded by ${context.parentURL ?? ''}`);
    return resolved;
  },
});
