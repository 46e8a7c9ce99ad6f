import type { Hiring } from '../hiring.ts';
import type { AgentId, HiringId } from '../ids.ts';
import type { Settlement } from '../settlement.ts';

/** What a read of one hiring gave. */
export type HiringRead =
  | { readonly kind: 'found'; readonly hiring: Hiring; readonly source: 'rest' | 'mcp' }
  /** A 404 for the hiring itself, agreed by a second source: nobody bought this. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unauthorized'; readonly problem: string }
  /** The answer is not what the reference says; `evidence` is kept, without credentials. */
  | { readonly kind: 'malformed'; readonly problem: string; readonly evidence: string }
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

/** What became of one settlement request. */
export type SettleOutcome =
  | { readonly kind: 'accepted' }
  /** 404 or 409: the hiring may be over. Means "read it", never "done" by itself. */
  | { readonly kind: 'over'; readonly problem: string }
  /** Not now, and certainly not applied: the same request may be sent again after the wait. */
  | { readonly kind: 'later'; readonly problem: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'unauthorized'; readonly problem: string }
  /** Definitely not applied, and the same request never will be; in the older form it may be. */
  | { readonly kind: 'refused'; readonly problem: string; readonly tryOlderForm?: boolean | undefined }
  /** Nobody knows whether it was applied: read the hiring before anything is sent again. */
  | { readonly kind: 'unknown'; readonly problem: string };

/** What became of a message to the hirer. */
export type TellOutcome = { readonly kind: 'told' } | { readonly kind: 'not_told'; readonly problem: string };

/** The marketplace, as one agent sees it (Agrenting API reference, 5). */
export interface Marketplace {
  /** Reads one hiring under the agent's own key; falls back to MCP where REST cannot say. */
  readHiring(agentId: AgentId, hiringId: HiringId): Promise<HiringRead>;
  /** Sends one settlement: these bytes under this key. */
  settle(agentId: AgentId, hiringId: HiringId, settlement: Settlement): Promise<SettleOutcome>;
  /** Says something to the hirer; the same key says it once. */
  tell(agentId: AgentId, hiringId: HiringId, text: string, idempotencyKey: string): Promise<TellOutcome>;
}
