import { randomBytes } from 'node:crypto';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { checkConfiguration } from './load.ts';
import { isSealed, seal, unseal } from './sealed-secret.ts';

const storeKey = new Secret(randomBytes(32).toString('base64'));
const another = new Secret(randomBytes(32).toString('base64'));
const secret = new Secret('agent-key-canary');

test('a sealed secret is opened by the key it was sealed with, and by no other', () => {
  const sealed = seal(secret, storeKey);
  expect(isSealed(sealed)).toBe(true);
  expect(sealed).not.toContain('canary');
  expect(unseal(sealed, storeKey)).toBe('agent-key-canary');
  expect(unseal(sealed, another)).toBeUndefined();
  expect(seal(secret, storeKey)).not.toBe(sealed);
});

/** With another last byte: the last sign of the text alone may say nothing of it. */
function withAnotherEnd(sealed: string): string {
  const mark = sealed.slice(0, sealed.lastIndexOf(':') + 1);
  const bytes = Buffer.from(sealed.slice(mark.length), 'base64url');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return `${mark}${bytes.toString('base64url')}`;
}

test.each([
  ['cut off', (sealed: string) => sealed.slice(0, 20)],
  ['changed', withAnotherEnd],
  ['empty', () => 'sealed:v1:'],
])('one that was %s is opened by none', (_what, corrupt) => {
  expect(unseal(corrupt(seal(secret, storeKey)), storeKey)).toBeUndefined();
});

const configurationWith = (key: string, store: Secret) => ({
  agents: [{ key, worker: 'alice' }],
  matrix: { homeserverUrl: 'http://127.0.0.1:1', userId: '@us:x', accessToken: 't' },
  storage: { endpoint: 'http://127.0.0.1:1', accessKey: 'a', secretKey: 's' },
  workers: { registryFile: '/nowhere' },
  store: { file: '/nowhere', key: store.reveal() },
});

test('the configuration opens what is sealed', async () => {
  const loaded = await checkConfiguration(configurationWith(seal(secret, storeKey), storeKey), {});
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  expect(loaded.configuration.agents[0]?.key.reveal()).toBe('agent-key-canary');
});

test('and says of what it cannot open where it stands and what to do', async () => {
  const loaded = await checkConfiguration(configurationWith(seal(secret, storeKey), another), {});
  expect(loaded).toEqual({
    kind: 'problems',
    problems: [{ where: 'agents.0.key', code: 'sealed_with_another_key' }],
  });
});
