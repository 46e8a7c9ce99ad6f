import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration, type Configuration } from '@agrenting-hiclaw/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Finding } from './check.ts';
import { examine } from './examine.ts';

/** Words of a stranger that try to get out of a quotation, and to pass for a line of ours. */
const canary = (name: string): string =>
  `canary-${name}" and so\n✓ canary-${name}: all is well «» “” \u202e\u2028canary`;
const AGENT = '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f';

let folder: string;
let server: Server;
let url: string;
let answer: { readonly status: number; readonly type: string; readonly body: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  // Marketplace, homeserver, storage and whatever else is asked: all of them say what a stranger wants.
  server = createServer((_, response) => {
    response.writeHead(answer.status, { 'content-type': answer.type });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  await rm(folder, { recursive: true });
});

async function configurationOf(): Promise<Configuration> {
  const loaded = await loadConfiguration({
    AGRENTING_API_KEY: 'agent-key',
    AGRENTING_AGENT_ID: AGENT,
    AGRENTING_BASE_URL: url,
    ADAPTER_MATRIX_URL: url,
    ADAPTER_MATRIX_USER: '@agrenting:local.example',
    ADAPTER_MATRIX_TOKEN: 'matrix-token',
    ADAPTER_STORAGE_ENDPOINT: url,
    ADAPTER_STORAGE_ACCESS_KEY: 'adapter',
    ADAPTER_STORAGE_SECRET_KEY: 'storage-secret',
    ADAPTER_STORE_FILE: join(folder, 'store.db'),
    ADAPTER_STORE_KEY: 'c3RvcmUta2V5LXN0b3JlLWtleS1zdG9yZS1rZXktISE=',
    ADAPTER_WORKERS_REGISTRY: join(folder, 'registry.json'),
  });
  if (loaded.kind === 'problems') throw new Error(JSON.stringify(loaded.problems));
  const worker = { name: 'alice', userId: '@alice:local.example', roomId: '!room:local.example' };
  const { configuration } = loaded;
  return {
    ...configuration,
    workers: { ...configuration.workers, list: [worker] },
    alerts: { ...configuration.alerts, matrixRoom: worker.roomId, webhookUrl: `${url}/alerts` },
    webhook: { ...configuration.webhook, insecure: true, publicUrl: url, port: Number(new URL(url).port) },
  };
}

const json = (document: unknown, status: number) => ({
  status,
  type: 'application/json',
  body: JSON.stringify(document),
});

const listing = (callbackUrl: string) => {
  const agent = {
    id: AGENT,
    name: canary('name'),
    status: canary('status'),
    metadata: { worker_matrix_id: canary('worker'), callback_url: callbackUrl },
  };
  const room = { joined: { [canary('member')]: {} }, user_id: canary('user'), membership: canary('joined') };
  return { data: agent, agent, ...agent, ...room };
};
const failure = {
  error: canary('error'),
  errcode: canary('errcode'),
  code: canary('code'),
  message: canary('message'),
  errors: [
    { code: canary('code'), message: canary('message'), details: { [canary('field')]: canary('why') } },
  ],
};

/** What strangers answer to every request of every check. */
const ANSWERS: Readonly<Record<string, () => typeof answer>> = {
  'a listing that leads to us': () => json(listing(`${url}/canary"canary`), 200),
  'a listing that leads elsewhere': () => json(listing('https://canary.invalid/canary"canary\ncanary'), 200),
  'a listing with what is no address': () => json(listing(canary('callback')), 200),
  'a listing with an address that is not taken': () => json(listing('http://canary.invalid:81/canary'), 200),
  'a refusal': () => json(failure, 403),
  'nobody known': () => json(failure, 404),
  'a failure': () => json(failure, 500),
  'a success that is none': () => json(failure, 200),
  'a page': () => ({ status: 400, type: 'text/html', body: `<h1>${canary('page')}</h1>` }),
  'an error of storage': () => ({
    status: 403,
    type: 'application/xml',
    body: `<Error><Code>${canary('code')}</Code><Message>${canary('message')}</Message><Key>${canary('key')}</Key></Error>`,
  }),
};

const outsideQuotes = (text: string): string => text.replaceAll(/"[^"\n]*"/g, '""');

test.each(Object.keys(ANSWERS))(
  'no check of the doctor says a stranger’s words as its own: %s',
  async (which) => {
    const made = ANSWERS[which];
    if (made === undefined) throw new Error(`${which} is no answer`);
    answer = made();
    const found = new Map<string, Finding>();
    await examine({
      configuration: await configurationOf(),
      environment: {},
      privateFiles: [],
      start: false,
      stop: new AbortController().signal,
      note: (name, finding) => void found.set(name, finding),
    });

    for (const name of ['agent-key agents.0', 'callback agents.0', 'room alice', 'storage', 'alerts']) {
      expect([...found.keys()]).toContain(name);
    }
    const said = [...found].map(([name, finding]) => {
      const remedy = 'remedy' in finding ? finding.remedy : '';
      return [name, outsideQuotes(finding.detail), outsideQuotes(remedy)].join(' | ');
    });
    expect(said.filter((text) => /canary/i.test(text))).toEqual([]);
    expect(said.filter((text) => /[\n\u2028\u202e]/u.test(text))).toEqual([]);
  },
);
