import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS } from '@agrenting-hiclaw/runtime';
import { describe, test as base } from 'vitest';
import { stringify } from 'yaml';
import { exposedAmong, privateFilesOf } from './private-files.ts';

const test = base.extend<{ folder: string }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the fixtures that are wanted from this pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'private-files-'));
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

const SECRETS = SETTINGS.filter(({ secret }) => secret);

describe('a configuration file', () => {
  test.for(SECRETS.map((setting) => [setting.path.join('.'), setting] as const))(
    'with %s in it may not be read by others, and a file or variable for it is known',
    async ([, { path, variable }], { folder, expect }) => {
      const [section, name] = path;
      const file = join(folder, 'adapter.yaml');
      await writeFile(file, stringify({ [section]: { [name]: 12_345_678 } }), { mode: 0o644 });
      const inline = await privateFilesOf(file, {});
      expect(inline).toEqual([{ path: file, holds: 'secrets' }]);
      expect(await exposedAmong(inline)).toEqual([{ path: file, what: 'readable' }]);

      await writeFile(file, stringify({ [section]: { [`${name}File`]: '/a/key' } }));
      const named = await privateFilesOf(file, { [`${variable}_FILE`]: '/another/key' });
      expect(named).toEqual([
        { path: file, holds: 'settings' },
        { path: '/a/key', holds: 'secrets' },
        { path: '/another/key', holds: 'secrets' },
      ]);
    },
  );

  test('with the key of an agent in it may not be read by others', async ({ folder, expect }) => {
    const file = join(folder, 'adapter.yaml');
    await writeFile(file, stringify({ agents: [{ keyFile: '/a/key' }, { key: 'ap_1' }] }), { mode: 0o640 });
    expect(await privateFilesOf(file, { AGRENTING_API_KEY_FILE: '/another/key' })).toEqual([
      { path: file, holds: 'secrets' },
      { path: '/a/key', holds: 'secrets' },
      { path: '/another/key', holds: 'secrets' },
    ]);
  });
});

describe('a private file', () => {
  test.for([
    [0o600, 'secrets', 0o755, undefined],
    [0o640, 'secrets', 0o755, 'readable'],
    [0o604, 'secrets', 0o755, 'readable'],
    [0o644, 'settings', 0o755, undefined],
    [0o664, 'settings', 0o755, 'writable'],
    [0o602, 'secrets', 0o755, 'writable'],
    [0o600, 'secrets', 0o775, 'replaceable'],
    [0o600, 'secrets', 0o1777, undefined],
  ] as const)('of mode %o with %s in a folder of mode %o is %s', async (row, { folder, expect }) => {
    const [mode, holds, folderMode, what] = row;
    const home = join(folder, 'home');
    const path = join(home, 'file');
    await mkdir(home);
    await writeFile(path, '');
    await chmod(path, mode);
    await chmod(home, folderMode);
    expect(await exposedAmong([{ path, holds }])).toEqual(what === undefined ? [] : [{ path, what }]);
  });

  test('that is not there is exposed to nobody', async ({ folder, expect }) => {
    expect(await exposedAmong([{ path: join(folder, 'absent'), holds: 'secrets' }])).toEqual([]);
  });
});
