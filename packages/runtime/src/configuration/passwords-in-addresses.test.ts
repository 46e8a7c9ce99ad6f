import { describe, expect, test } from 'vitest';
import { checkConfiguration } from './load.ts';
import { settingText } from './setting-texts.ts';

/** A settings tree with one address in its place. */
const ADDRESSES: readonly (readonly [
  where: string,
  settings: (address: string) => Record<string, unknown>,
])[] = [
  ['marketplace.baseUrl', (baseUrl) => ({ marketplace: { baseUrl } })],
  ['matrix.homeserverUrl', (homeserverUrl) => ({ matrix: { homeserverUrl } })],
  ['storage.endpoint', (endpoint) => ({ storage: { endpoint } })],
  ['storage.connectTo', (connectTo) => ({ storage: { connectTo } })],
  ['lifecycle.url', (url) => ({ lifecycle: { driver: 'rest', url, tokenFile: '/run/token' } })],
  ['webhook.publicUrl', (publicUrl) => ({ webhook: { publicUrl } })],
  ['webhook.resultsUrl', (resultsUrl) => ({ webhook: { resultsUrl } })],
  ['alerts.webhookUrl', (webhookUrl) => ({ alerts: { webhookUrl } })],
  ['push.hosts.0.origin', (origin) => ({ push: { hosts: [{ origin }] } })],
];

const PASSWORD = 'geheim-canary';
const WITH_PASSWORD = [
  `https://user:${PASSWORD}@host.example`,
  `https://${PASSWORD}@host.example:9000/path`,
  `http://:${PASSWORD}@[::1]:9000`,
  `https:user:${PASSWORD}@host.example`,
  String.raw`https:\\user:${PASSWORD}@host.example`,
  `user:${PASSWORD}@host.example:9000`,
];

describe.each(ADDRESSES)('%s', (where, settings) => {
  test.each(WITH_PASSWORD)('with a password in it is refused, and not shown: %#', async (address) => {
    const result = await checkConfiguration(settings(address), {});
    if (result.kind === 'loaded') throw new Error('expected problems');
    const problem = result.problems.find((one) => one.where === where);
    expect(problem && settingText(problem).what).toMatch(
      /name or password|must be an http or https URL|expected a URL|must be a host/,
    );
    expect(JSON.stringify(result)).not.toContain(PASSWORD);
  });

  test('without one is not a problem', async () => {
    const address = where === 'storage.connectTo' ? 'host.example:9000' : 'https://host.example';
    const result = await checkConfiguration(settings(address), {});
    if (result.kind === 'loaded') throw new Error('expected problems');
    expect(result.problems.filter((one) => one.where === where)).toEqual([]);
  });
});
