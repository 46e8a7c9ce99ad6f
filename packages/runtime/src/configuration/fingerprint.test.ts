import { expect, test } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';
import { checkConfiguration } from './load.ts';
import type { Configuration } from './schema.ts';

async function configurationWith(changes: Readonly<Record<string, unknown>>): Promise<Configuration> {
  const loaded = await checkConfiguration(
    {
      agents: [{ id: '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f', key: 'a key', worker: 'alice' }],
      matrix: { homeserverUrl: 'http://127.0.0.1:9', userId: '@agrenting:test', accessToken: 'token' },
      storage: { endpoint: 'http://127.0.0.1:9', accessKey: 'user', secretKey: 'secret' },
      store: { file: 'store.db', key: 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=' },
      workers: { list: [{ name: 'alice', userId: '@alice:test', roomId: '!alice:test' }] },
      ...changes,
    },
    {},
  );
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration;
}

const otherKey = [{ id: '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f', key: 'another', worker: 'alice' }];

test('a configuration that is read again has the same', async () => {
  expect(fingerprintOf(await configurationWith({}))).toBe(fingerprintOf(await configurationWith({})));
});

test.each([
  ['a setting', { log: { level: 'debug' } }],
  ['a secret', { agents: otherKey }],
  ['how many agents there are', { agents: [...otherKey, ...otherKey] }],
])('one that differs in %s has another', async (_what, changes) => {
  expect(fingerprintOf(await configurationWith(changes))).not.toBe(
    fingerprintOf(await configurationWith({})),
  );
});
