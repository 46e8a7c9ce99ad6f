import { createHmac, hkdfSync } from 'node:crypto';
import { NONCE_DIGITS, taskIdOf, type Secret, type TaskIds } from '@agrenting-hiclaw/core/domain';

/**
 * Task ids whose nonces are made with the store's key: to everybody without it they are random, and a store that is
 * recreated under the same key finds the folders and rooms that the lost one had used.
 */
export function createTaskIds(storeKey: Secret): TaskIds {
  const key = Buffer.from(hkdfSync('sha256', storeKey.reveal(), '', 'agrenting-hiclaw/task-id', 32));
  return (hiringId, attempt, renewal) => {
    const nonce = createHmac('sha256', key).update(`${hiringId}/${attempt}/${renewal}`).digest('hex');
    return taskIdOf(hiringId, attempt, nonce.slice(0, NONCE_DIGITS));
  };
}
