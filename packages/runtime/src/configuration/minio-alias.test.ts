import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkConfiguration } from './load.ts';

const rest = {
  agents: [{ key: 'k', worker: 'alice' }],
  matrix: { homeserverUrl: 'http://127.0.0.1:1', userId: '@us:x', accessToken: 't' },
  workers: { registryFile: '/nowhere' },
  store: { file: '/nowhere', key: Buffer.alloc(32, 1).toString('base64') },
};

describe('MINIO_ALIAS', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mc-'));
    const aliases = {
      hiclaw: { url: 'http://127.0.0.1:9000', accessKey: 'admin', secretKey: 'canary', api: 'S3v4' },
    };
    await writeFile(join(folder, 'config.json'), JSON.stringify({ version: '10', aliases }));
  });
  afterEach(async () => await rm(folder, { recursive: true }));

  const storageOf = async (environment: Record<string, string>, storage: Record<string, unknown> = {}) => {
    const loaded = await checkConfiguration(
      { ...rest, storage },
      { MINIO_ALIAS: 'hiclaw', MC_CONFIG_DIR: folder, ...environment },
    );
    if (loaded.kind === 'problems') return loaded.problems;
    const { endpoint, accessKey, secretKey } = loaded.configuration.storage;
    return { endpoint, accessKey, secretKey: secretKey.reveal() };
  };

  test("gives address and keys from the configuration of MinIO's client", async () => {
    const expected = { endpoint: 'http://127.0.0.1:9000', accessKey: 'admin', secretKey: 'canary' };
    expect(await storageOf({})).toEqual(expected);
  });

  test('gives them from MC_HOST_<alias>, too', async () => {
    const url = 'http://own:se%3Acret@127.0.0.1:9001';
    const expected = { endpoint: 'http://127.0.0.1:9001', accessKey: 'own', secretKey: 'se:cret' };
    expect(await storageOf({ MC_HOST_hiclaw: url })).toEqual(expected);
  });

  test.for(['100%', '%zz', 'a/b', 'a#b', 'a?b=1', 'a@b', '1/2#3', 'a b', 'se:cret', 'ö', '+=&'])(
    'takes a key with %j in it from there, written as it is and in URL form',
    async (secretKey) => {
      const expected = { endpoint: 'http://minio_:9001', accessKey: 'own', secretKey };
      for (const written of [secretKey, encodeURIComponent(secretKey)]) {
        const url = `http://own:${written}@minio_:9001`;
        expect(await storageOf({ MC_HOST_hiclaw: url })).toEqual(expected);
      }
    },
  );

  test.for(['', 'minio:9000', 'http://minio:9000', 'http://:canary@minio:9000', 'ftp://own:canary@minio'])(
    'is not known where %j stands there and nothing in the file, and no secret is named',
    async (url) => {
      const problems = await storageOf({ MC_HOST_hiclaw: url, MC_CONFIG_DIR: '/nowhere' });
      expect(JSON.stringify(problems)).toMatch(/"where":"(?:MINIO_ALIAS|storage\.endpoint)"/);
      expect(JSON.stringify(problems)).not.toContain('canary');
    },
  );

  test('changes nothing of what is set', async () => {
    const own = { endpoint: 'http://127.0.0.1:2', accessKey: 'agrenting', secretKey: 'own' };
    expect(await storageOf({}, own)).toEqual(own);
    expect(await storageOf({ ADAPTER_STORAGE_ENDPOINT: 'http://127.0.0.1:3' })).toMatchObject({
      endpoint: 'http://127.0.0.1:3',
      accessKey: 'admin',
    });
  });

  test('that is not known says which command makes it, and names no secret', async () => {
    const problems = await storageOf({ MINIO_ALIAS: 'nowhere' });
    expect(problems).toContainEqual({ where: 'MINIO_ALIAS', code: 'unknown_alias', alias: 'nowhere' });
    expect(JSON.stringify(problems)).not.toContain('canary');
  });
});
