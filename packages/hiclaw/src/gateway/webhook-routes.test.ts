import { Secret } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import type { GatewayConsole } from './console.ts';
import { makeWebhookRoutes } from './webhook-routes.ts';

test.each([
  ['172.17.0.1', 'static', '172.17.0.1:8089'],
  ['fd00::1', 'static', '[fd00::1]:8089'],
  ['host.docker.internal', 'dns', 'host.docker.internal'],
])('the bridge at %s is a service of type %s at %s', async (bridgeHost, type, domain) => {
  const sources: object[] = [];
  const done = () => Promise.resolve({ kind: 'done', data: {} } as const);
  const console: GatewayConsole = {
    read: done,
    put: async (collection, _name, document) => {
      if (collection === '/v1/service-sources') sources.push(document);
      return await done();
    },
    replace: done,
    remove: done,
  };
  await makeWebhookRoutes(console, {
    bridgeHost,
    bridgePort: 8089,
    path: '/webhook',
    domains: [],
    header: 'Authorization',
    scheme: 'ApiKey',
    keys: [new Secret('canary-of-a-webhook-key')],
  });
  expect(sources).toMatchObject([{ type, domain, port: 8089 }]);
});
