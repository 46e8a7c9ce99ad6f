import { RESULT_OBJECT, type TaskId } from '@agrenting-hiclaw/core/domain';
import type { ObjectStore } from './object-store.ts';
import { taskFolder } from './task-folder.ts';

/** What became of an answer that was handed in for a worker. */
export type SubmitResultOutcome =
  | { readonly kind: 'kept' }
  /** Another answer lies there already, and stays. */
  | { readonly kind: 'present' }
  | { readonly kind: 'unavailable'; readonly problem: string };

/**
 * Writes a worker's answer into its task folder, as it would have done itself, so that it goes the way of every other
 * one: through the same collection and the same quality gate. The same answer twice is one.
 */
export async function submitResult(
  store: ObjectStore,
  taskId: TaskId,
  text: string,
): Promise<SubmitResultOutcome> {
  const key = `${taskFolder(taskId)}${RESULT_OBJECT}`;
  const bytes = Buffer.from(text);
  const put = await store.put(key, bytes, { contentType: 'text/markdown; charset=utf-8', ifAbsent: true });
  switch (put.kind) {
    case 'stored':
      return { kind: 'kept' };
    case 'present': {
      const there = await store.get(key, bytes.length);
      return there.kind === 'object' && there.bytes.equals(bytes) ? { kind: 'kept' } : { kind: 'present' };
    }
    case 'refused':
    case 'unavailable':
      return { kind: 'unavailable', problem: put.problem };
  }
}
