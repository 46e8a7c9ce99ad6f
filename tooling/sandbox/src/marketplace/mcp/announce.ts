import { isActive } from '../hiring.ts';
import type { Hirings } from '../hirings.ts';
import type { SwitchBoard } from '../switches.ts';
import type { McpSessions } from './sessions.ts';

export const pendingUri = 'hiring://pending';

export function hiringUri(hiringId: string): string {
  return `hiring://${hiringId}`;
}

/**
 * Tells subscribed sessions what changed (Agrenting API reference, 7.7): `hiring://{id}` on every change of that hiring,
 * `hiring://pending` when work arrives. That it is said when work goes is documented nowhere, hence a switch.
 */
export function announceChanges(hirings: Hirings, sessions: McpSessions, switches: SwitchBoard): void {
  hirings.onChange(({ kind, hiring, from }) => {
    if (kind === 'chunk') return;
    sessions.notify(hiring.agentId, hiringUri(hiring.id));
    if (kind !== 'status') return;
    const arrived = isActive(hiring.status);
    const left = from !== null && isActive(from) && !arrived;
    if (arrived || (left && switches.of(hiring.agentId).pending_updates === 'all')) {
      sessions.notify(hiring.agentId, pendingUri);
    }
  });
}
