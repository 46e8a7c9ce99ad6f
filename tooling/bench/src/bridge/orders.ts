import { z } from 'zod';

/** What the serving process receives. */
export const serveOrderSchema = z.object({
  kind: z.enum(['bridge', 'bare']),
  storeFile: z.string(),
  storeKey: z.string(),
});
export type ServeOrder = z.infer<typeof serveOrderSchema>;

/** What the sending process receives. */
export const loadOrderSchema = z.object({
  url: z.string(),
  requests: z.number().int(),
  connections: z.number().int(),
});
export type LoadOrder = z.infer<typeof loadOrderSchema>;

/** What it measured. */
export const loadResultSchema = z.object({
  perSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  /** Answers that were no 200, and requests without an answer. */
  failed: z.number().int(),
});
export type LoadResult = z.infer<typeof loadResultSchema>;

export const BENCH_KEY = 'bench-key-0123456789abcdef';
export const BENCH_SECRET = 'bench-secret-0123456789abcdef';
export const WEBHOOK_PATH = '/webhook/agrenting/hiring';
