import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problemOfKey, problemOfSecret } from './key-material.ts';
import { checkConfiguration } from './load.ts';
import { settingText } from './setting-texts.ts';
import { SETTINGS } from './settings.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const NOTHING = ['', ' ', '\t\n', 'whsec_', ' ap_ ', 'syt_', 'sk-', 'ApiKey', 'Bearer'] as const;
const SECRETS = SETTINGS.filter(({ secret }) => secret);
/** Chosen by the operator: guessing it allows impersonation. */
const KEYS = ['webhook.keys', 'webhook.signatureSecrets', 'alerts.webhookSecret'];

async function problemsAt(
  where: string,
  settings: Record<string, unknown>,
  environment: Record<string, string> = {},
): Promise<readonly string[]> {
  const loaded = await checkConfiguration(settings, environment);
  if (loaded.kind === 'loaded') return [];
  return loaded.problems
    .filter((problem) => problem.where === where || problem.where.startsWith(`${where}.`))
    .map((problem) => settingText(problem).what);
}

describe('every secret of the configuration', () => {
  test('is in the list that is walked', () => {
    expect(SECRETS.map(({ path }) => path.join('.'))).toEqual([
      'marketplace.userToken',
      'matrix.accessToken',
      'storage.secretKey',
      'store.key',
      'webhook.keys',
      'webhook.signatureSecrets',
      'alerts.webhookSecret',
    ]);
  });

  for (const { path, variable } of SECRETS) {
    const [section, name] = path;
    const where = path.join('.');
    test.each(NOTHING)(`${where} is not %j, wherever it stands`, async (nothing) => {
      const file = join(folder, 'secret');
      await writeFile(file, nothing, { mode: 0o600 });
      for (const [settings, environment] of [
        [{}, { [variable]: nothing }],
        [{}, { [`${variable}_FILE`]: file }],
        [{ [section]: { [name]: nothing } }, {}],
        [{ [section]: { [`${name}File`]: file } }, {}],
        ...(where.startsWith('webhook.') ? [[{ [section]: { [name]: [nothing] } }, {}] as const] : []),
      ] as const) {
        const problems = await problemsAt(where, settings, environment);
        expect([settings, environment, problems]).toEqual([
          settings,
          environment,
          [expect.stringMatching(/is empty|nothing after|without a secret|is not 32 bytes/)],
        ]);
      }
    });
  }

  test.each(NOTHING)('the key of an agent is not %j, wherever it stands', async (nothing) => {
    const file = join(folder, 'agent-key');
    await writeFile(file, nothing);
    expect(await problemsAt('agents', { agents: [{ key: nothing }] })).toHaveLength(1);
    expect(await problemsAt('agents', { agents: [{ keyFile: file }] })).toHaveLength(1);
    expect(await problemsAt('agents', {}, { AGRENTING_API_KEY: nothing })).toHaveLength(1);
    expect(await problemsAt('agents', {}, { AGRENTING_API_KEY_FILE: file })).toHaveLength(1);
  });

  test.each(KEYS)('%s is no shorter than 16 bytes', async (where) => {
    const [section = '', name = ''] = where.split('.');
    for (const short of [
      '0123456789abcde',
      `whsec_${Buffer.alloc(15, 7).toString('base64')}`,
      'whsec_AA==',
    ]) {
      expect(await problemsAt(where, { [section]: { [name]: short } })).toEqual(['has fewer than 16 bytes']);
    }
    for (const long of ['0123456789abcdef', `whsec_${Buffer.alloc(16, 7).toString('base64')}`]) {
      expect(await problemsAt(where, { [section]: { [name]: long } })).toEqual([]);
    }
    expect(await problemsAt(where, { [section]: { [name]: 'whsec_no+base64!' } })).toEqual([
      'starts with whsec_ but is not base64 after it',
    ]);
  });

  test('the hash of an operator’s token is not that of an empty one', async () => {
    const hash = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const admin = { tokens: [{ name: 'olga', role: 'operator', hash }] };
    expect(await problemsAt('admin.tokens', { admin })).toEqual(['is the hash of an empty token']);
  });
});

test('no problem of a secret repeats it', () => {
  for (const secret of ['canary_', 'canary', 'whsec_canary!', 'whsec_Y2FuYXJ5']) {
    expect(`${problemOfSecret(secret)} ${problemOfKey(secret)}`).not.toContain('canary');
  }
});
