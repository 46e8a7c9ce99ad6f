import { createHash } from 'node:crypto';
import { NONCE_DIGITS, taskIdOf, type TaskIds } from '@agrenting-hiclaw/core/domain';

/** Task ids as under one key, the same in every run of a seed; nobody in a simulated world can guess them. */
export const taskIds: TaskIds = (hiringId, attempt, renewal) => {
  const digest = createHash('sha256').update(`${hiringId}/${attempt}/${renewal}`).digest('hex');
  return taskIdOf(hiringId, attempt, digest.slice(0, NONCE_DIGITS));
};
