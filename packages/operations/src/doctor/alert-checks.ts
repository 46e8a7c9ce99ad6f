import { roomStanding, type Homeserver } from '@agrenting-hiclaw/hiclaw';
import { fetchWithin, type Configuration } from '@agrenting-hiclaw/runtime';
import { whyUnreachable } from './why-unreachable.ts';
import { failed, ok, skipped, warning, type Check, type Finding } from './check.ts';

const TIMEOUT_MS = 10_000;

/** Whether alerts can arrive, without sending one; nothing is looked at where none are wanted. */
export function alertChecks(
  { alerts }: Configuration,
  homeserver: Homeserver,
  workers: readonly { readonly name: string; readonly userId: string }[],
): readonly Check[] {
  const { matrixRoom, webhookUrl, kinds } = alerts;
  if (matrixRoom === undefined && webhookUrl === undefined) return [];
  return [
    {
      name: 'alerts',
      asks: matrixRoom === undefined ? undefined : 'homeserver',
      async look() {
        if (kinds.length === 0) return skipped('alerts.kinds is empty: no alerts are sent');
        const findings = [
          ...(matrixRoom === undefined ? [] : [await lookAtRoom(homeserver, matrixRoom, workers)]),
          ...(webhookUrl === undefined ? [] : [await lookAtWebhook(webhookUrl)]),
        ];
        return (
          findings.find(({ status }) => status === 'failed') ??
          findings.find(({ status }) => status === 'warning') ??
          ok(`${findings.map(({ detail }) => detail).join('; ')}; alerts: ${kinds.join(', ')}`)
        );
      },
    },
  ];
}

async function lookAtRoom(
  homeserver: Homeserver,
  roomId: string,
  workers: readonly { readonly name: string; readonly userId: string }[],
): Promise<Finding> {
  const standing = await roomStanding(homeserver, roomId);
  if (standing.kind === 'failed') {
    return failed(standing.problem, `Invite ${homeserver.userId} to the room, or correct alerts.matrixRoom.`);
  }
  if (standing.encrypted) {
    return warning(
      `room ${roomId} is encrypted, but alerts are sent unencrypted`,
      'Create a room without encryption for alerts.',
    );
  }
  const present = workers.filter(({ userId }) => standing.members.includes(userId)).map(({ name }) => name);
  return present.length === 0
    ? ok(`we are in room ${roomId}`)
    : warning(
        `${present.join(', ')} would read alerts in room ${roomId}`,
        'Create a room without workers for alerts.',
      );
}

/** By the address alone: what it takes is tried by `alerts test`. */
async function lookAtWebhook(url: string): Promise<Finding> {
  try {
    await fetchWithin(url, { method: 'HEAD', timeoutMs: TIMEOUT_MS });
    return ok('the webhook answers');
  } catch (error) {
    return failed(
      `the webhook does not answer (${whyUnreachable(error)})`,
      'Check alerts.webhookUrl, then run `agrenting-hiclaw alerts test`.',
    );
  }
}
