import type { Hiring, HiringId } from '../../domain/index.ts';
import type { ToolOutcome, ToolUse } from './tools.ts';

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
  /** Uses one of the agent's tools (Agrenting API reference, 7.5). */
  useTool(use: ToolUse): Promise<ToolOutcome>;
  /** The text of a prompt (Agrenting API reference, 7.9); undefined when there is none, or no session. */
  readPrompt(name: string): Promise<string | undefined>;
}
