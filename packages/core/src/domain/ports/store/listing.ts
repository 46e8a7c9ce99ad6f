import type { HiringRecord } from '../../hiring/hiring-record.ts';
import type { AgentId } from '../../hiring/ids.ts';
import type { State } from '../../hiring/states.ts';

/** Where a page of hirings ended; opaque to the caller. */
export type ListPosition =
  | { readonly by: 'time'; readonly atMs: number; readonly id: string }
  | { readonly by: 'words'; readonly number: number };

export interface FindRequest {
  readonly state?: State | undefined;
  readonly agentId?: AgentId | undefined;
  readonly worker?: string | undefined;
  /**
   * The beginning of a hiring's id; else an agent's id or a worker's name; else words of what the hirer wrote, the last of
   * which may be the beginning of one where no hiring has it as it stands.
   */
  readonly text?: string | undefined;
  readonly after?: ListPosition | undefined;
  /** At most 200. */
  readonly limit: number;
}

export interface ListedHiring {
  readonly record: HiringRecord;
  /** When it last moved, or was heard. */
  readonly updatedAtMs: number;
}

export interface FoundPage {
  /** The newest first. May be fewer than were asked for although there are more: see `next`. */
  readonly hirings: readonly ListedHiring[];
  /** Where to go on; undefined at the end. */
  readonly next: ListPosition | undefined;
}

export interface ListRequest {
  /** All states when left out. */
  readonly state?: State | undefined;
  /** At most 1,000. */
  readonly limit: number;
}
