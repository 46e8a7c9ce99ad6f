import { KnownSecrets, Secret } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from './schema.ts';

/** Every secret of the configuration: what no text that leaves here may hold. */
export function ownSecrets(configuration: Configuration): readonly Secret[] {
  return secretsIn(configuration);
}

function secretsIn(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}

/** The same, to be looked for in what workers and operators write. */
export function ownKnownSecrets(configuration: Configuration): KnownSecrets {
  return new KnownSecrets(ownSecrets(configuration).map((secret) => ({ code: 'own_secret', secret })));
}
