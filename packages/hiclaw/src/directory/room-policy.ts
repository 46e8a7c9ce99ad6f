import type { ObjectStore } from '../storage/object-store.ts';
import { readAllowLists } from './allow-lists.ts';
import type { MappedWorker, RoomPolicy } from './worker-map.ts';

export interface RoomPolicyOptions {
  readonly policy: RoomPolicy;
  /** The adapter's full Matrix id. */
  readonly ourUserId: string;
  /** Where the settings of workers are. */
  readonly store: ObjectStore;
  /** Whether others are invited to the room too, which makes it one of more than two. */
  readonly watched: boolean;
}

/** Runtimes that were seen to join rooms by themselves and to keep them apart (HiClaw reference, 3.4; decision 0007). */
const SEEN_TO_SUPPORT_IT: ReadonlySet<string> = new Set(['copaw']);

/** Runtimes that were seen to forget a conversation on `/clear`; to others it is a message that costs an answer. */
const SEEN_TO_CLEAR: ReadonlySet<string> = new Set(['copaw', 'qwenpaw']);

/** Whether a worker can be told to forget what was said in its room. */
export function canClear({ runtime }: MappedWorker): boolean {
  return runtime !== undefined && SEEN_TO_CLEAR.has(runtime);
}

/** Whether each attempt of a worker gets a room of its own. */
export async function hasRoomPerAttempt(
  { name, rooms, runtime }: MappedWorker,
  { policy, ourUserId, store, watched }: RoomPolicyOptions,
): Promise<boolean> {
  const wanted = rooms ?? policy;
  if (wanted !== 'auto') return wanted === 'per-hiring';
  if (runtime === undefined || !SEEN_TO_SUPPORT_IT.has(runtime)) return false;
  const read = await readAllowLists(store, name);
  if (read.kind !== 'lists') return false;
  return (watched ? read.lists.group : read.lists.direct).includes(ourUserId);
}
