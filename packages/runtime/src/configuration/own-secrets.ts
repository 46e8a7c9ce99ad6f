import { KnownSecrets, type Secret } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from './schema.ts';

/** Every secret of the configuration: what no text that leaves here may hold. */
export function ownSecrets({
  agents,
  alerts,
  marketplace,
  matrix,
  storage,
  store,
  webhook,
}: Configuration): readonly Secret[] {
  return [
    ...agents.map(({ key }) => key),
    matrix.accessToken,
    storage.secretKey,
    store.key,
    ...webhook.keys,
    ...webhook.signatureSecrets,
    ...[marketplace.userToken, alerts.webhookSecret].filter((secret) => secret !== undefined),
  ];
}

/** The same, to be looked for in what workers and operators write. */
export function ownKnownSecrets(configuration: Configuration): KnownSecrets {
  return new KnownSecrets(ownSecrets(configuration).map((secret) => ({ code: 'own_secret', secret })));
}
