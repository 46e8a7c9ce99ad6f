import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { Homeserver } from './homeserver.ts';

export type AccountCheck =
  | { readonly kind: 'usable'; readonly deviceId: string | undefined }
  /** The configuration is wrong; `problem` says what to set. */
  | { readonly kind: 'wrong'; readonly problem: string }
  /** The homeserver could not be asked. */
  | { readonly kind: 'unavailable'; readonly problem: string };

const whoamiAnswer = z.object({ user_id: z.string(), device_id: z.string().optional() });

/**
 * Asks the homeserver whose token we hold. Repeated sends are one event only on the same device, so a
 * token should be kept and not renewed without need (HiClaw reference, 3).
 */
export async function whoami(homeserver: Homeserver, signal?: AbortSignal): Promise<AccountCheck> {
  const expected = homeserver.userId;
  if (!expected.startsWith('@') || !expected.endsWith(`:${homeserver.serverName}`)) {
    const problem = `${expected} is not a Matrix id of ${homeserver.serverName}: set the adapter's full id, as @name:${homeserver.serverName}`;
    return { kind: 'wrong', problem };
  }
  const asked = await homeserver.call({
    method: 'GET',
    path: '/v3/account/whoami',
    answer: whoamiAnswer,
    signal,
  });
  if (asked.kind === 'failed') {
    const { failure } = asked;
    if (failure.kind === 'limited') {
      return {
        kind: 'unavailable',
        problem: `the homeserver asks to retry after ${failure.retryAfterMs} ms`,
      };
    }
    return { kind: failure.kind === 'lost' ? 'unavailable' : 'wrong', problem: failure.problem };
  }
  if (asked.value.user_id !== expected) {
    const problem = `the access token belongs to ${inQuotes(asked.value.user_id)}, not to ${expected}: set the token of ${expected}`;
    return { kind: 'wrong', problem };
  }
  return { kind: 'usable', deviceId: asked.value.device_id };
}
