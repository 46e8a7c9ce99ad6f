import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from './schema.ts';

/** Of this process alone, so that no fingerprint says anything about a secret elsewhere. */
const KEY = randomBytes(32);

/** Two configurations of one process have the same exactly when they are the same, secrets and all. */
export function fingerprintOf(configuration: Configuration): string {
  const text = JSON.stringify([configuration, secretsOf(configuration)]);
  return createHmac('sha256', KEY).update(text).digest('hex');
}

function secretsOf(value: unknown): readonly string[] {
  if (value instanceof Secret) return [value.reveal()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsOf);
}
