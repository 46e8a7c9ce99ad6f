import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfiguration } from './load.ts';
import { describeProblems, settingText } from './setting-texts.ts';
import { SETTINGS } from './settings.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'configuration-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const complete = {
  AGRENTING_API_KEY: 'agent-key',
  ADAPTER_MATRIX_URL: 'http://127.0.0.1:18080',
  ADAPTER_MATRIX_USER: '@agrenting:x:18080',
  ADAPTER_MATRIX_TOKEN: 'matrix-token',
  ADAPTER_STORAGE_ENDPOINT: 'http://127.0.0.1:9000',
  ADAPTER_STORAGE_ACCESS_KEY: 'adapter',
  ADAPTER_STORAGE_SECRET_KEY: 'storage-secret',
  ADAPTER_STORE_FILE: '/tmp/store.db',
  ADAPTER_WORKERS_REGISTRY: '/srv/workers-registry.json',
  ADAPTER_STORE_KEY: 'c3RvcmUta2V5LXN0b3JlLWtleS1zdG9yZS1rZXktISE=',
};

async function problemsOf(environment: Record<string, string>) {
  const loaded = await loadConfiguration(environment);
  if (loaded.kind === 'loaded') throw new Error('expected problems');
  return loaded.problems;
}

async function configurationOf(environment: Record<string, string>) {
  const loaded = await loadConfiguration(environment);
  if (loaded.kind === 'problems') throw new Error(describeProblems('test', loaded.problems));
  return loaded.configuration;
}

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('configuration', () => {
  test('from the environment alone: one agent by its key', async () => {
    const configuration = await configurationOf(complete);
    expect(configuration.agents).toHaveLength(1);
    expect(configuration.agents[0]?.key.reveal()).toBe('agent-key');
    expect(configuration.agents[0]?.id).toBeUndefined();
    expect(configuration.marketplace.baseUrl).toBe('https://agrenting.com');
    expect(configuration.hiclaw.profile).toBe('1.0');
    expect(configuration.storage.bucket).toBeUndefined();
    expect(configuration.lifecycle).toEqual({ driver: 'none' });
  });

  test('with nothing given, lists everything that is missing with a remedy each', async () => {
    const problems = await problemsOf({});
    expect(problems).toEqual(
      [
        'agents',
        'matrix.homeserverUrl',
        'matrix.userId',
        'matrix.accessToken',
        'storage.endpoint',
        'storage.accessKey',
        'storage.secretKey',
        'store.file',
        'store.key',
        'workers',
      ].map((where) => ({ where, code: 'missing' })),
    );
    for (const problem of problems) expect(settingText(problem).remedy).toMatch(/^Set [A-Z_]+/);
    expect(describeProblems('mcp-client', problems)).toMatch(
      /^mcp-client cannot start: 10 settings need attention\.\n/,
    );
  });

  test('lists wrong values beside missing ones', async () => {
    const problems = await problemsOf({
      ...complete,
      AGRENTING_BASE_URL: 'https://agrenting.com:4012',
      ADAPTER_HEALTH_PORT: '99999',
      ADAPTER_LIFECYCLE: 'script',
      ADAPTER_LIFECYCLE_COMMAND: 'docker exec',
      ADAPTER_LOG_LEVEL: 'loud',
      AGRENTING_AGENT_ID: '../../etc/passwd',
    });
    expect(problems.map(({ where, code }) => `${where} ${code}`).sort()).toEqual([
      'agents.0.id invalid',
      'health.port invalid',
      'lifecycle.command invalid',
      'log.level invalid',
      'marketplace.baseUrl invalid',
    ]);
  });

  test('a file that is no YAML: says where, never what stands there, and not what it may well hold', async () => {
    const path = await file('broken.yaml', 'agents:\n  - key: abc: SECRETKEY==: x\n');
    const problems = await problemsOf({ ADAPTER_CONFIG: path, ADAPTER_HEALTH_PORT: '99999' });
    expect(problems).toEqual([
      {
        where: path,
        code: 'file_not_yaml',
        problem: expect.any(String),
        line: 2,
        column: expect.any(Number),
      },
      expect.objectContaining({ where: 'health.port', code: 'invalid' }),
    ]);
    expect(JSON.stringify(problems)).not.toContain('SECRETKEY');
  });

  test('a folder for the store that is not there', async () => {
    const problems = await problemsOf({ ...complete, ADAPTER_STORE_FILE: join(folder, 'no', 'store.db') });
    expect(problems).toEqual([
      { where: 'store.file', code: 'folder_unwritable', folder: join(folder, 'no'), isFolder: false },
    ]);
  });

  test('a worker that nobody knows, and values of the wrong kind, each in plain words', async () => {
    const path = await file(
      'odd.yaml',
      `
agents: [{ key: one, worker: bob }]
workers: { list: [{ name: alice, userId: '@alice:x:18080', roomId: '!r:x:18080' }] }
policy: { maxMessages: 0, failOverdue: maybe }
timing: [1]
`,
    );
    const { AGRENTING_API_KEY: _, ADAPTER_WORKERS_REGISTRY: __, ...rest } = complete;
    const problems = await problemsOf({ ...rest, ADAPTER_CONFIG: path });
    expect(problems).toEqual([
      { where: 'timing', code: 'invalid', rule: 'must be a section of settings' },
      { where: 'policy.failOverdue', code: 'invalid', rule: 'must be true or false' },
      { where: 'policy.maxMessages', code: 'invalid', rule: 'must be at least 1' },
      { where: 'agents.0.worker', code: 'unknown_worker', known: ['alice'] },
    ]);
    for (const problem of problems) expect(settingText(problem).remedy).toMatch(/^(?:Set|See|Write) /);
  });

  test('a key in the environment is that of the only agent of the file, where that has none or is named', async () => {
    const id = '4816cd2a-e54a-4e6b-8fa1-61d360cccf8f';
    const keyless = await file('keyless.yaml', `agents: [{ id: ${id}, worker: alice }]`);
    const [only] = (await configurationOf({ ...complete, ADAPTER_CONFIG: keyless })).agents;
    expect([only?.key.reveal(), only?.worker]).toEqual(['agent-key', 'alice']);
    const keyed = await file('keyed.yaml', `agents: [{ id: ${id}, key: one, worker: alice }]`);
    const named = { ...complete, ADAPTER_CONFIG: keyed, AGRENTING_AGENT_ID: id };
    expect((await configurationOf(named)).agents[0]?.key.reveal()).toBe('agent-key');
  });

  test('a key in the environment beside agents with keys is taken for the user token, as the bridge of the page has it', async () => {
    for (const agents of ['[{ key: one }]', '[{ key: one }, { key: two }]']) {
      const ADAPTER_CONFIG = await file('keys.yaml', `agents: ${agents}`);
      const configuration = await configurationOf({ ...complete, ADAPTER_CONFIG });
      expect(configuration.agents[0]?.key.reveal()).toBe('one');
      expect(configuration.marketplace.userToken?.reveal()).toBe('agent-key');
      const both = { ...complete, ADAPTER_CONFIG, AGRENTING_USER_TOKEN: 'ap_token' };
      expect((await configurationOf(both)).marketplace.userToken?.reveal()).toBe('ap_token');
    }
  });

  test('from a file, with the environment laid over it', async () => {
    const path = await file(
      'a.yaml',
      `
marketplace: { baseUrl: http://127.0.0.1:4012 }
agents:
  - { id: 4816cd2a-e54a-4e6b-8fa1-61d360cccf8f, key: one, worker: alice }
  - { key: two }
matrix: { homeserverUrl: http://127.0.0.1:1, userId: '@a:x', accessToken: from-file }
storage: { endpoint: http://127.0.0.1:2, accessKey: a, secretKey: b }
workers:
  list: [{ name: alice, userId: '@alice:x:18080', roomId: '!r:x:18080' }]
lifecycle: { driver: script, command: [docker, exec], startedWaitSeconds: 3 }
store: { file: /tmp/a.db, key: c3RvcmUta2V5LXN0b3JlLWtleS1zdG9yZS1rZXktISE= }
timing: { quietSeconds: 0.5 }
`,
    );
    const configuration = await configurationOf({
      ADAPTER_CONFIG: path,
      ADAPTER_MATRIX_TOKEN: 'from-environment',
    });
    expect(configuration.agents.map(({ key }) => key.reveal())).toEqual(['one', 'two']);
    expect(configuration.matrix.accessToken.reveal()).toBe('from-environment');
    expect(configuration.lifecycle).toMatchObject({
      command: ['docker', 'exec'],
      startedWaitSeconds: 3,
      recreatedWaitSeconds: 60,
    });
    expect(configuration.timing).toEqual({ quietSeconds: 0.5 });
  });

  test('reads secrets from files, named in the environment or in the file', async () => {
    const agentKey = await file('agent.key', 'agent-secret\n');
    const token = await file('token', 'token-secret\n');
    const path = await file(
      'a.yaml',
      `agents: [{ keyFile: ${agentKey} }]\nmatrix: { accessTokenFile: /nowhere }\n`,
    );
    const { AGRENTING_API_KEY: _key, ADAPTER_MATRIX_TOKEN: _token, ...rest } = complete;
    const configuration = await configurationOf({
      ...rest,
      ADAPTER_CONFIG: path,
      ADAPTER_MATRIX_TOKEN_FILE: token,
    });
    expect(configuration.agents[0]?.key.reveal()).toBe('agent-secret');
    expect(configuration.matrix.accessToken.reveal()).toBe('token-secret');
  });

  test('takes the key of the store only from a file that is private', async () => {
    const { ADAPTER_STORE_KEY: key, ...rest } = complete;
    const path = await file('store.key', key);
    await chmod(path, 0o640);
    const problems = await problemsOf({ ...rest, ADAPTER_STORE_KEY_FILE: path });
    expect(problems).toEqual([{ where: 'store.key', code: 'secret_file_exposed', file: path }]);
    await chmod(path, 0o600);
    expect((await configurationOf({ ...rest, ADAPTER_STORE_KEY_FILE: path })).store.key.reveal()).toBe(key);
  });

  test('lets hirings be forgotten only with their task folders', async () => {
    const given = (retention: string) => file('adapter.yaml', `retention: ${retention}\n`);
    const set = { ...complete, ADAPTER_CONFIG: await given('{ historyDays: 365 }') };
    expect((await configurationOf(set)).retention).toEqual({
      payloadDays: 30,
      taskFolderDays: 30,
      historyDays: 365,
    });
    await given('{ taskFolderDays: 0, historyDays: 365, payloadDays: 1.5 }');
    expect(await problemsOf(set)).toEqual([
      expect.objectContaining({ where: 'retention.payloadDays', code: 'invalid' }),
    ]);
    await given('{ taskFolderDays: 0, historyDays: 365 }');
    expect(await problemsOf(set)).toEqual([
      {
        where: 'retention.historyDays',
        code: 'invalid',
        rule: expect.stringContaining('taskFolderDays'),
      },
    ]);
  });

  test('says that the key of the store is none', async () => {
    const problems = await problemsOf({ ...complete, ADAPTER_STORE_KEY: 'too short' });
    expect(problems).toEqual([
      { where: 'store.key', code: 'invalid', rule: 'is not 32 bytes as base64 or hex' },
    ]);
  });

  test('says which secret file cannot be read, once', async () => {
    const { ADAPTER_STORE_KEY: _key, ...rest } = complete;
    const problems = await problemsOf({ ...rest, ADAPTER_STORE_KEY_FILE: join(folder, 'missing') });
    const where = { where: 'store.key', code: 'secret_file_unreadable', file: join(folder, 'missing') };
    expect(problems).toEqual([where]);
  });

  test('takes the profile as YAML reads it, and refuses one that does not exist', async () => {
    const { hiclaw } = await configurationOf({
      ...complete,
      ADAPTER_CONFIG: await file('a.yaml', 'hiclaw: { profile: 1.0 }\n'),
    });
    expect(hiclaw.profile).toBe('1.0');
    const other = await file('b.yaml', 'hiclaw: { profile: 1.04 }\n');
    for (const changes of [{ ADAPTER_HICLAW_PROFILE: '2.0' }, { ADAPTER_CONFIG: other }]) {
      const problems = await problemsOf({ ...complete, ...changes });
      expect(problems).toEqual([
        { where: 'hiclaw.profile', code: 'invalid', rule: 'must be one of: 1.0, 1.1, 1.2' },
      ]);
    }
  });

  test('points at settings that do not exist', async () => {
    const path = await file('a.yaml', 'matrix: { homeserver: http://x }\nagent: {}\n');
    const problems = await problemsOf({ ...complete, ADAPTER_CONFIG: path });
    expect(problems).toEqual([
      { where: 'matrix.homeserver', code: 'unknown_setting' },
      { where: 'agent', code: 'unknown_setting' },
    ]);
  });

  test.each([
    ['is missing', undefined],
    ['is no YAML', 'a: [1\n b: {'],
    ['must be a list of sections', '- 1\n- 2\n'],
    ['has a section of the wrong form', 'matrix: 5\nagents: 7\n'],
  ])('a configuration file that %s is a problem, not a crash', async (_name, text) => {
    const path = text === undefined ? join(folder, 'missing.yaml') : await file('a.yaml', text);
    expect((await problemsOf({ ...complete, ADAPTER_CONFIG: path })).length).toBeGreaterThan(0);
  });

  test('never prints a secret', async () => {
    const loaded = await loadConfiguration({
      ...complete,
      ADAPTER_STORE_KEY: 'canary-1-canary-1-canary-1-canary-1-canary1',
      AGRENTING_API_KEY: 'canary-2',
    });
    expect(JSON.stringify(loaded)).not.toContain('canary');
    expect(inspect(loaded, { depth: 9 })).not.toContain('canary');
    const problems = await problemsOf({
      ...complete,
      ADAPTER_STORE_KEY: 'canary-3',
      ADAPTER_HEALTH_PORT: 'x',
    });
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  test('every setting has a help text and a name of its own', () => {
    expect(new Set(SETTINGS.map(({ variable }) => variable)).size).toBe(SETTINGS.length);
    for (const { help } of SETTINGS) expect(help.length).toBeGreaterThan(20);
  });
});

describe('what guards webhooks', () => {
  const guarded = async (environment: Record<string, string>, webhook = '') => {
    const ADAPTER_CONFIG = await file('webhook.yaml', `webhook: {${webhook}}\n`);
    const loaded = await loadConfiguration(
      { ...complete, ADAPTER_CONFIG, ...environment },
      { webhook: true },
    );
    return loaded.kind === 'loaded'
      ? 'starts'
      : loaded.problems.map(({ where, code }) => `${where} ${code}`).join('; ');
  };

  test('is needed by the bridge alone', async () => {
    expect(await guarded({})).toBe('webhook.keys missing');
    expect((await configurationOf(complete)).webhook.keys).toEqual([]);
  });

  test('is a key, several of them, or a signature that is required', async () => {
    const [one, two] = ['a-key-of-the-webhook', 'another-key-of-the-webhook'];
    expect(await guarded({ HIGRESS_API_KEY: one })).toBe('starts');
    expect(await guarded({ HIGRESS_API_KEY_FILE: await file('key', `${one}\n${two}\n`) })).toBe('starts');
    expect(await guarded({}, `keys: [${one}]`)).toBe('starts');
    expect(await guarded({ ADAPTER_WEBHOOK_SECRET: one })).toBe('starts');
    const { webhook } = await configurationOf({ ...complete, HIGRESS_API_KEY: `${two}, ${one}` });
    expect(webhook.keys.map((key) => key.reveal())).toEqual([two, one]);
  });

  test.for([
    ['keys: []', 'webhook.keys missing'],
    ["keys: ''", 'webhook.keys invalid'],
    ['signatureSecrets: [secret], signature: optional', 'webhook.keys missing'],
    ['signature: required', 'webhook.signature signature_without_secret'],
    ['insecure: true, host: 0.0.0.0', 'webhook.insecure insecure_beyond_loopback'],
    ['keys: [one], header: "a b"', 'webhook.header invalid'],
    ['keys: [one], path: hook', 'webhook.path invalid'],
    ['keys: [one], maxBodyBytes: 5', 'webhook.maxBodyBytes invalid'],
    ['keys: [one], port: 70000', 'webhook.port invalid'],
  ])('is not %s', async ([webhook, problem]) => {
    expect(await guarded({}, webhook)).toContain(problem);
  });

  test('may be missing for a trial on this machine', async () => {
    expect(await guarded({}, 'insecure: true')).toBe('starts');
    expect(await guarded({}, 'insecure: true, host: "::1"')).toBe('starts');
  });
});

test('delegation needs the Manager and its room', async () => {
  const ADAPTER_CONFIG = await file('manager.yaml', 'manager:\n  delegates: true\n');
  const problems = await problemsOf({ ...complete, ADAPTER_CONFIG });
  expect(problems.map(({ where }) => where)).toEqual(['manager.userId', 'manager.roomId']);
});
