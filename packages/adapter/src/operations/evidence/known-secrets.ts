import { createTaskTokens } from '../../task-tokens.ts';
import { Secret, taskIdsOf } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import type { HiringEvidence } from '@agrenting-hiclaw/store';

/** Every secret of the configuration, and those of one hiring: its repository tokens and its tasks' own. */
export function knownSecrets(
  { agents, alerts, marketplace, matrix, storage, store, webhook }: Configuration,
  { record, attempts }: HiringEvidence,
): readonly Secret[] {
  const tokenOf = createTaskTokens(store.key);
  const perhaps = [
    marketplace.userToken,
    alerts.webhookSecret,
    record.heard.hiring.repoToken,
    ...attempts.map(({ attempt }) => attempt.hiring.repoToken),
  ];
  return [
    ...agents.map(({ key }) => key),
    matrix.accessToken,
    storage.secretKey,
    store.key,
    ...webhook.keys,
    ...webhook.signatureSecrets,
    ...attempts.flatMap(({ attempt }) => taskIdsOf(attempt).map((taskId) => new Secret(tokenOf(taskId)))),
    ...perhaps.filter((secret) => secret !== undefined),
  ];
}
