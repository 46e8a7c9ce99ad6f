import { createServer, type Server } from 'node:http';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRestClient } from '../../../packages/core/src/agrenting/rest-client.ts';
import { parseRepositoryHost } from '../../../packages/git/src/remote/host.ts';
import { createController } from '../../../packages/hiclaw/src/controller/controller.ts';
import { createHomeserver } from '../../../packages/hiclaw/src/matrix/homeserver.ts';
import { syncAnswer } from '../../../packages/hiclaw/src/matrix/sync-answer.ts';
import { createObjectStore } from '../../../packages/hiclaw/src/storage/s3-object-store.ts';
import { systemClock } from '../../../packages/runtime/src/clock.ts';
import { checkConfiguration } from '../../../packages/runtime/src/configuration/load.ts';
import type { Configuration } from '../../../packages/runtime/src/configuration/schema.ts';
import { settingText } from '../../../packages/runtime/src/configuration/setting-texts.ts';
import { createTrustedProxies } from '../../../packages/runtime/src/http/client-address.ts';
import { fetchWithin } from '../../../packages/runtime/src/http/fetch-within.ts';
import { closeServer, listen } from '../../../packages/runtime/src/http/http-listener.ts';

const TIMEOUT_MS = 2_000;

/** Answers on both loopback addresses, and counts who came. */
let servers: Server[];
let port: number;
let requests = 0;

beforeAll(async () => {
  const answering = () =>
    createServer((_, response) => {
      requests += 1;
      response.writeHead(503).end();
    });
  servers = [answering(), answering()];
  const at = { section: 'x', hostVariable: 'X', portVariable: 'X' };
  const [v4, v6] = servers;
  if (v4 === undefined || v6 === undefined) throw new Error('expected two servers');
  port = await listen(v4, { ...at, host: '127.0.0.1', port: 0 });
  await listen(v6, { ...at, host: '::1', port });
});
afterAll(async () => {
  for (const server of servers) await closeServer(server, 0);
});

const base = {
  agents: [{ key: 'ak_canary0123456789' }],
  matrix: { homeserverUrl: 'http://127.0.0.1:1', userId: '@us:h', accessToken: 'canary-token' },
  storage: { endpoint: 'http://127.0.0.1:1', accessKey: 'adapter', secretKey: 'canary-secret' },
  store: { file: '/tmp/x.db', key: 'c3RvcmUta2V5LXN0b3JlLWtleS1zdG9yZS1rZXktISE=' },
  workers: { registryFile: '/tmp/registry.json' },
};

interface AddressSetting {
  readonly where: string;
  readonly given: (address: string) => Record<string, unknown>;
  /** Uses the setting as the adapter does; gives or rejects with whatever, but a failure that was foreseen. */
  readonly use: (configuration: Configuration) => Promise<void>;
}

async function storageAt({ storage }: Configuration): Promise<void> {
  const store = createObjectStore({ ...storage, bucket: 'bucket', timeoutMs: TIMEOUT_MS });
  expect(await store.get('a', 1)).toMatchObject({ kind: 'unavailable' });
  store.close();
}

async function callAt(url: string | undefined): Promise<void> {
  await fetchWithin(url ?? '', { timeoutMs: TIMEOUT_MS }).catch(foreseen);
}

/** A network says no in many ways, and none of them is a fault of ours. */
function foreseen(error: unknown): void {
  expect(error).not.toBeInstanceOf(RangeError);
  expect(String(error)).not.toMatch(/Invalid URL|ERR_INVALID/);
}

async function listenAt(host: string): Promise<void> {
  const server = createServer();
  const at = { host, port: 0, section: 'x', hostVariable: 'X', portVariable: 'X' };
  const received = await listen(server, at).catch((error: unknown) => error);
  if (typeof received === 'number') await closeServer(server, 0);
  else expect(received).toMatchObject({ name: 'SettingError' });
}

const URLS: readonly AddressSetting[] = [
  {
    where: 'marketplace.baseUrl',
    given: (baseUrl) => ({ marketplace: { baseUrl } }),
    async use({ marketplace: { baseUrl } }) {
      const client = createRestClient({ baseUrl, clock: systemClock, timeoutMs: TIMEOUT_MS });
      const access = client.access(new Secret('ak_canary0123456789'));
      const answer = await client.send({ method: 'GET', path: '/x', access, schemes: 'key' });
      if (answer.kind !== 'failure') expect(answer.kind).toBe('lost');
      foreseen(JSON.stringify(answer));
      client.close();
    },
  },
  {
    where: 'matrix.homeserverUrl',
    given: (homeserverUrl) => ({ matrix: { ...base.matrix, homeserverUrl } }),
    async use({ matrix }) {
      const homeserver = createHomeserver({
        url: matrix.homeserverUrl,
        userId: matrix.userId,
        accessToken: matrix.accessToken,
        requestTimeoutMs: TIMEOUT_MS,
      });
      const answer = await homeserver.call({ method: 'GET', path: '/v3/sync', answer: syncAnswer });
      expect(answer).toMatchObject({ kind: 'failed', failure: { kind: 'lost' } });
      homeserver.close();
    },
  },
  {
    where: 'storage.endpoint',
    given: (endpoint) => ({ storage: { ...base.storage, endpoint } }),
    use: storageAt,
  },
  {
    where: 'lifecycle.url',
    given: (url) => ({ lifecycle: { driver: 'rest', url, tokenFile: '/tmp/token' } }),
    async use({ lifecycle }) {
      if (lifecycle.driver !== 'rest') throw new Error('expected the driver rest');
      const token = () => Promise.resolve(new Secret('canary-token'));
      const options = { driver: 'rest', url: lifecycle.url, token, timeoutMs: TIMEOUT_MS } as const;
      const controller = createController(options, new AbortController().signal);
      expect(await controller.get('Worker', 'alice')).toMatchObject({ kind: 'failed' });
    },
  },
  {
    where: 'webhook.resultsUrl',
    given: (resultsUrl) => ({ webhook: { resultsUrl } }),
    use: async ({ webhook }) => await callAt(webhook.resultsUrl),
  },
  {
    where: 'webhook.publicUrl',
    given: (publicUrl) => ({ webhook: { publicUrl } }),
    use: async ({ webhook }) => await callAt(webhook.publicUrl),
  },
  {
    where: 'alerts.webhookUrl',
    given: (webhookUrl) => ({ alerts: { webhookUrl } }),
    use: async ({ alerts }) => await callAt(alerts.webhookUrl),
  },
];

const PLACES: readonly AddressSetting[] = [
  {
    where: 'storage.connectTo',
    given: (connectTo) => ({
      storage: { ...base.storage, endpoint: 'http://fs-local.hiclaw.io:18080', connectTo },
    }),
    use: storageAt,
  },
];

const HOSTS: readonly AddressSetting[] = (['webhook', 'admin', 'health'] as const).map((section) => ({
  where: `${section}.host`,
  given: (host) => ({ [section]: { host } }),
  use: async (configuration) => await listenAt(configuration[section].host),
}));

const NETWORKS: readonly AddressSetting[] = (['webhook', 'admin'] as const).map((section) => ({
  where: `${section}.trustedProxies`,
  given: (proxy) => ({ [section]: { trustedProxies: [proxy] } }),
  use(configuration) {
    createTrustedProxies(configuration[section].trustedProxies, section)('127.0.0.1');
    return Promise.resolve();
  },
}));

const ORIGINS: readonly AddressSetting[] = [
  {
    where: 'push.hosts',
    given: (origin) => ({ push: { hosts: [{ origin, private: true }] } }),
    use({ push }) {
      for (const host of push.hosts) expect(parseRepositoryHost(host)).toMatchObject({ kind: 'host' });
      return Promise.resolve();
    },
  },
];

/** Hosts that can be written; the first ones are of this machine. */
const OWN_HOSTS = [
  '127.0.0.1',
  'localhost',
  'LocalHost',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '0x7f.1',
];
const OTHER_HOSTS = [
  'minio_',
  '_minio',
  'min_io',
  '-minio',
  'minio-',
  'a-b.c_d.invalid',
  'minio.invalid.',
  'minio..invalid',
  '.minio',
  'm*n',
  'a b',
  '%6dinio.invalid',
  'münchen.invalid',
  'xn--mnchen-3ya.invalid',
  `${'a'.repeat(64)}.invalid`,
  `${'a.'.repeat(150)}invalid`,
  '[::1',
  '[fe80::1%25lo]',
  '[::gg]',
  '',
];
const BEHIND = ['', '/', '//', '/path', '/path/', '?a=1', '#a', '/../x'];

function urlForms(): readonly string[] {
  const forms = [...OWN_HOSTS, ...OTHER_HOSTS].flatMap((host) => [
    `http://${host}:${port}`,
    `http://${host}`,
  ]);
  const own = OWN_HOSTS.flatMap((host) => BEHIND.map((rest) => `http://${host}:${port}${rest}`));
  return [
    ...forms,
    ...own,
    `HTTP://127.0.0.1:${port}`,
    `http:127.0.0.1:${port}`,
    `http:\\\\127.0.0.1:${port}`,
    ` http://127.0.0.1:${port} `,
    `http://us:secret@127.0.0.1:${port}`,
    `http://127.0.0.1:0`,
    'http://127.0.0.1:99999',
    'http://127.0.0.1:port',
    `https://127.0.0.1:${port}`,
    `https://[::1]:${port}`,
    `127.0.0.1:${port}`,
    'ftp://127.0.0.1',
    'localhost',
  ];
}

function placeForms(): readonly string[] {
  const hosts = [...OWN_HOSTS, ...OTHER_HOSTS, '::1', 'fe80::1%lo'];
  return [
    ...hosts.flatMap((host) => [
      host,
      `${host}:${port}`,
      `${host}:`,
      `${host}:0`,
      `${host}:99999`,
      `${host}:x`,
    ]),
    ...BEHIND.map((rest) => `127.0.0.1:${port}${rest}`),
    `http://127.0.0.1:${port}`,
    `us:secret@127.0.0.1:${port}`,
  ];
}

const NETWORK_FORMS = [
  '10.0.0.7',
  '10.0.0.0/8',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/x',
  'fd00::/8',
  'fd00::/129',
  '::1',
  '[::1]',
  'fe80::1%lo',
  'proxy',
  '',
];

/** Whether a form names this machine and this port, so that a caller that takes it must get there. */
function isHere(form: string): boolean {
  return (
    new RegExp(`(?:127\\.0\\.0\\.1|localhost|\\[::1\\]|0:1\\]|0x7f\\.1):${port}`, 'i').test(form) &&
    !/https|@/.test(form)
  );
}

async function outcomeOf({ where, given, use }: AddressSetting, form: string): Promise<string> {
  const loaded = await checkConfiguration({ ...base, ...given(form) }, {});
  if (loaded.kind === 'problems') {
    const [problem] = loaded.problems;
    const isClear =
      loaded.problems.length === 1 &&
      problem?.where.startsWith(where) === true &&
      settingText(problem).what.length >= 'is empty'.length;
    return isClear ? 'refused' : `refused, and not clearly: ${JSON.stringify(loaded.problems)}`;
  }
  const before = requests;
  try {
    await use(loaded.configuration);
  } catch (error) {
    return `taken, and then ${String(error)}`;
  }
  return requests > before ? 'reached' : 'taken';
}

const KINDS: readonly (readonly [string, readonly AddressSetting[], () => readonly string[], boolean])[] = [
  ['a URL', URLS, urlForms, true],
  ['a place to connect to', PLACES, placeForms, true],
  ['a host to listen on', HOSTS, placeForms, false],
  ['a network', NETWORKS, () => NETWORK_FORMS, false],
  ['an origin', ORIGINS, urlForms, false],
];

describe.each(KINDS)('%s', (_, settings, forms, isCalled) => {
  test.each(settings)(
    '$where: each form works or is refused before anything starts',
    { timeout: 60_000 },
    async (setting) => {
      const odd: string[] = [];
      const reached: string[] = [];
      for (const form of forms()) {
        const outcome = await outcomeOf(setting, form);
        if (outcome === 'reached') reached.push(form);
        const isLost = isCalled && outcome === 'taken' && isHere(form);
        if (isLost || !['refused', 'taken', 'reached'].includes(outcome)) odd.push(`${form}: ${outcome}`);
      }
      expect(odd).toEqual([]);
      const wanted = ['127.0.0.1', '[::1]'].map((host) =>
        setting.where.endsWith('To') ? `${host}:${port}` : `http://${host}:${port}`,
      );
      expect(isCalled ? reached : wanted).toEqual(expect.arrayContaining(wanted));
    },
  );
});
