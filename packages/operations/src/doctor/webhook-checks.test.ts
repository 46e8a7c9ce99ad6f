import { agentIdSchema } from '@agrenting-hiclaw/core/domain';
import { checkConfiguration } from '@agrenting-hiclaw/runtime';
import { expect, test } from 'vitest';
import { webhookChecks } from './webhook-checks.ts';

const agentId = agentIdSchema.parse('22222222-3333-4444-5555-666666666666');

test.each(['bridge.example/webhook', 'webhook', 'http://[::1', ''])(
  'a listing with an invalid callback URL is reported, and other checks still run: %j',
  async (callbackUrl) => {
    const loaded = await checkConfiguration(
      {
        agents: [{ id: agentId, key: 'ak_canary0123456789', worker: 'alice' }],
        matrix: { homeserverUrl: 'http://127.0.0.1:1', userId: '@us:h', accessToken: 'canary-token' },
        storage: { endpoint: 'http://127.0.0.1:1', accessKey: 'adapter', secretKey: 'canary-secret' },
        store: { file: '/tmp/x.db', key: 'c3RvcmUta2V5LXN0b3JlLWtleS1zdG9yZS1rZXktISE=' },
        workers: { registryFile: '/tmp/registry.json' },
        webhook: { keys: ['0123456789abcdef0123456789abcdef'] },
      },
      {},
    );
    if (loaded.kind !== 'loaded') throw new Error(JSON.stringify(loaded));
    const checks = webhookChecks(loaded.configuration, () =>
      Promise.resolve({ kind: 'profile', profile: { agentId, callbackUrl, shown: {} } }),
    );
    const found = async (name: string) => await checks.find((check) => check.name === name)?.look();
    expect(await found('exposure')).toMatchObject({ status: 'ok' });
    expect(await found('delivery alice')).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('is not a URL'),
    });
  },
);
