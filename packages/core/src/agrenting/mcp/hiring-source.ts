import type { Hiring, HiringId } from '../../domain/index.ts';

/** What a live session says about one hiring. */
export type SessionRead =
  | { readonly kind: 'found'; readonly hiring: Hiring }
  /** The pending list was read and does not have it, and `hiring://{id}` did not show it either. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly problem: string; readonly evidence: string }
  /** No live session, or it gave no answer. */
  | { readonly kind: 'unavailable'; readonly problem: string };

/** Reads hirings by MCP; the marketplace's second source (Agrenting API reference, 21 #1). */
export interface HiringSource {
  readHiring(hiringId: HiringId): Promise<SessionRead>;
}
