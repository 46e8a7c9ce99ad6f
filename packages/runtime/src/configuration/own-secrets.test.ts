import { scanForCredentials, Secret } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { loadConfiguration } from './load.ts';
import { ownKnownSecrets, ownSecrets } from './own-secrets.ts';
import { SETTINGS } from './settings.ts';

const KEY = 'c3RvcmUta2V5LXN0b3JlLWtleS1zdG9yZS1rZXktISE=';

/** Every setting that may be a secret has one, each a different one. */
const environment = Object.fromEntries(
  SETTINGS.filter(({ secret }) => secret).map(({ variable }, index) => [
    variable,
    variable === 'ADAPTER_STORE_KEY' ? KEY : `${index}-canary-q7Hd92kLmP0xVb31`,
  ]),
);

async function configured() {
  const loaded = await loadConfiguration({
    ...environment,
    AGRENTING_API_KEY: 'ap_canary0123456789abcdef',
    ADAPTER_MATRIX_URL: 'http://127.0.0.1:18080',
    ADAPTER_MATRIX_USER: '@agrenting:x:18080',
    ADAPTER_STORAGE_ENDPOINT: 'http://127.0.0.1:9000',
    ADAPTER_STORAGE_ACCESS_KEY: 'adapter',
    ADAPTER_STORE_FILE: '/tmp/store.db',
    ADAPTER_WORKERS_REGISTRY: '/srv/workers-registry.json',
  });
  if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration;
}

function secretsIn(value: unknown): readonly Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}

test('no secret of the configuration is forgotten', async () => {
  const configuration = await configured();
  const all = secretsIn(configuration);
  expect(all.length).toBeGreaterThanOrEqual(5);
  const own = new Set(ownSecrets(configuration).map((secret) => secret.reveal()));
  for (const secret of all) expect(own).toContain(secret.reveal());
});

test('each of them is found in what a worker writes', async () => {
  const configuration = await configured();
  const known = ownKnownSecrets(configuration);
  for (const secret of secretsIn(configuration)) {
    const text = `Here: ${secret.reveal().split('').join('\u200b')}!`;
    expect(await scanForCredentials(text, known)).toEqual({ code: 'own_secret' });
  }
});
