import { createHmac, hkdfSync } from 'node:crypto';
import type { TaskId } from '../hiring/ids.ts';
import type { Secret } from './secret.ts';

/** Gives the token of a task: its holder may submit the result of that task, and nothing else (design, rule 3). */
export type TaskTokens = (taskId: TaskId) => string;

/** Made from the store's key, so that every process of a store knows them and none has to be kept. */
export function createTaskTokens(storeKey: Secret): TaskTokens {
  const key = Buffer.from(hkdfSync('sha256', storeKey.reveal(), '', 'agrenting-hiclaw/task-token', 32));
  return (taskId) => createHmac('sha256', key).update(taskId).digest('base64url');
}
