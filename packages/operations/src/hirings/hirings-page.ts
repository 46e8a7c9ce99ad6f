import {
  hiringIdSchema,
  type AgentId,
  type State,
  type ListPosition,
  type ListedHiring,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { cursorOf, placeOf } from '../paging/cursor.ts';
import type { Page, PageRequest } from '../paging/pages.ts';

/** Which hirings are asked for. */
export interface HiringsRequest extends PageRequest {
  readonly state?: State | undefined;
  readonly agent?: AgentId | undefined;
  readonly worker?: string | undefined;
  /** The beginning of a hiring or agent id, a worker's name, or words of what the hirer wrote. */
  readonly query?: string | undefined;
  /** Only those that need an operator. */
  readonly attention?: boolean | undefined;
}

const position = z.union([
  z.object({ by: z.literal('time'), atMs: z.int(), id: hiringIdSchema }),
  z.object({ by: z.literal('words'), number: z.int().min(0) }),
]) satisfies z.ZodType<ListPosition>;

/**
 * Hirings, the newest first; at most 200. A page may hold fewer than were asked for although there are more. Throws
 * `OperationError`.
 */
export async function hiringsPage(
  store: Pick<Store, 'find'>,
  { state, agent, worker, query, attention = false, limit, cursor }: HiringsRequest,
): Promise<Page<ListedHiring>> {
  const after = placeOf(cursor, (place) => position.safeParse(place).data);
  if (attention && state !== undefined && state !== 'attention') return { items: [], nextCursor: null };
  const { hirings, next } = await store.find({
    state: attention ? 'attention' : state,
    agentId: agent,
    worker,
    text: query?.toLowerCase(),
    after,
    limit,
  });
  return { items: hirings, nextCursor: next === undefined ? null : cursorOf(next) };
}
