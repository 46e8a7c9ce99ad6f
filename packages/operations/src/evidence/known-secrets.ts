import { createTaskTokens, Secret, taskIdsOf, type HiringEvidence } from '@agrenting-hiclaw/core/domain';
import { type Configuration, ownSecrets } from '@agrenting-hiclaw/runtime';

/** Every secret of the configuration, and those of one hiring: its repository tokens and its tasks' own. */
export function knownSecrets(
  configuration: Configuration,
  { record, attempts }: HiringEvidence,
): readonly Secret[] {
  const tokenOf = createTaskTokens(configuration.store.key);
  const tokens = [
    record.received.hiring.repoToken,
    ...attempts.map(({ attempt }) => attempt.hiring.repoToken),
  ];
  return [
    ...ownSecrets(configuration),
    ...attempts.flatMap(({ attempt }) => taskIdsOf(attempt).map((taskId) => new Secret(tokenOf(taskId)))),
    ...tokens.filter((secret) => secret !== undefined),
  ];
}
