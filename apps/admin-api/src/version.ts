import { createRequire } from 'node:module';
import { z } from '@hono/zod-openapi';

const manifest: unknown = createRequire(import.meta.url)('../package.json');

/** Of this release. */
export const VERSION = z.object({ version: z.string() }).parse(manifest).version;
