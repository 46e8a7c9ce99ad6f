import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStranger, strangeAnswers, type Stranger } from '@agrenting-hiclaw/sandbox/testing';
import { loadConfiguration, type Configuration } from '@agrenting-hiclaw/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outsideQuotes } from '../../../core/src/domain/testing/canary.ts';
import type { Finding } from './check.ts';
import { runChecks } from './run-checks.ts';

/** Words of a stranger that try to get out of a quotation, and to pass for a line of ours. */
const canary = (name: string): string =>
  `canary-${name}" and so\n✓ canary-${name}: all is well «» “” \u202e\u2028canary`;
const AGENT = '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f';

let folder: string;
let stranger: Stranger;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  // Marketplace, homeserver, storage and whatever else is asked: all of them say what a stranger wants.
  stranger = await startStranger();
});
afterEach(async () => {
  await stranger.close();
  await rm(folder, { recursive: true });
});

async function configurationOf(): Promise<Configuration> {
  const { url } = stranger;
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

/** What strangers answer to every request of every check. */
const ANSWERS = Object.keys(strangeAnswers(canary, { agentId: AGENT, url: '' }));

test.each(ANSWERS)('no check of the doctor says a stranger’s words as its own: %s', async (which) => {
  const made = strangeAnswers(canary, { agentId: AGENT, url: stranger.url })[which];
  if (made === undefined) throw new Error(`${which} is no answer`);
  stranger.answer = made;
  const found = new Map<string, Finding>();
  await runChecks({
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
});
