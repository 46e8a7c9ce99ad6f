import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConfiguration, loadConfiguration } from './load.ts';

const STORE_KEY = '7'.repeat(64);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'numbers-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function loaded(secretKey: string, more = '') {
  const file = join(folder, 'adapter.yaml');
  await writeFile(
    file,
    `agents: [{ key: 0012 }]
matrix: { homeserverUrl: 'http://127.0.0.1:18080', userId: '@a:x', accessToken: 31415926 }
storage: { endpoint: 'http://127.0.0.1:9000', accessKey: 100, secretKey: ${secretKey} }
workers: { registryFile: 7 }
store: { file: 8.db, key: ${STORE_KEY} }
health: { port: 0 }
timing: { leaseSeconds: 1.5e1 }
policy: { minPrice: 5.00 }
hiclaw: { profile: 1.0 }
webhook: { keys: [1234567890123456, '0987654321098765'], maxBodyBytes: 2048 }
${more}`,
  );
  return await loadConfiguration({ ADAPTER_CONFIG: file }, { webhook: true });
}

describe('a number in the configuration file', () => {
  test.each([
    '12345678',
    '00012345678',
    '123456789012345678901234567890',
    '1e10',
    '0x1F',
    '1_000_000',
    '0.10',
    '-5',
    '+5',
  ])('is the secret %s to the digit', async (written) => {
    const result = await loaded(written);
    if (result.kind === 'problems') throw new Error(JSON.stringify(result.problems));
    const { storage, agents, matrix, store, timing, policy, hiclaw, webhook, health } = result.configuration;
    expect(storage.secretKey.reveal()).toBe(written);
    expect(storage.accessKey).toBe('100');
    expect(agents[0]?.key.reveal()).toBe('0012');
    expect(matrix.accessToken.reveal()).toBe('31415926');
    expect(store.key.reveal()).toBe(STORE_KEY);
    expect(webhook.keys.map((key) => key.reveal())).toEqual(['1234567890123456', '0987654321098765']);
    expect([timing.leaseSeconds, health.port, webhook.maxBodyBytes]).toEqual([15, 0, 2_048]);
    expect([policy.minPrice, hiclaw.profile]).toEqual(['5.00', '1.0']);
  });

  test('that is no number, where one is wanted, is said', async () => {
    const result = await loaded('s3cret', 'polling: { everySeconds: soon }');
    expect(result).toMatchObject({ kind: 'problems', problems: [{ where: 'polling.everySeconds' }] });
  });
});

test.each([true, 12_345_678, ['a'], { a: 1 }])('%o instead of a text is not missing', async (value) => {
  const result = await checkConfiguration({ storage: { secretKey: value, accessKey: value } }, {});
  if (result.kind === 'loaded') throw new Error('expected problems');
  for (const where of ['storage.secretKey', 'storage.accessKey']) {
    const problem = result.problems.find((one) => one.where === where);
    expect(problem).toEqual({ where, code: 'invalid', rule: 'must be text: put it in quotes' });
  }
});
