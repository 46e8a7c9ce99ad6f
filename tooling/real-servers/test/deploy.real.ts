import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withDeployedApp } from './deployed-app.ts';

const rootFolder = join(import.meta.dirname, '..', '..', '..');
const installMs = 120_000;
/** The apps that serve the console. */
const SERVING: ReadonlySet<string> = new Set(['apps/admin-api', 'apps/cli']);
const FOR_EVER = 'public, max-age=31536000, immutable';

const manifestSchema = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

function manifestOf(folder: string): z.infer<typeof manifestSchema> {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
}

function versionOf(folder: string): string {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

function foldersWithManifest(group: string): readonly string[] {
  return readdirSync(join(rootFolder, group), { recursive: false, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(rootFolder, group, entry.name))
    .filter((folder) => readdirSync(folder).includes('package.json'));
}

function run(program: string, programArguments: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, programArguments, {
    cwd: rootFolder,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`${program} ${programArguments.join(' ')} ended with ${status}\n${stdout}\n${stderr}`);
}

/** What some package needs to run, even where an app has it for its tests, too. */
const needed = new Set(
  foldersWithManifest('packages').flatMap((folder) => Object.keys(manifestOf(folder).dependencies)),
);
const toolingPackages = foldersWithManifest('tooling').map((folder) => manifestOf(folder).name);

describe.each(foldersWithManifest('apps').map((folder) => relative(rootFolder, folder)))(
  'a deploy of %s',
  (app) => {
    let folder = '';

    beforeAll(() => {
      folder = realpathSync(mkdtempSync(join(tmpdir(), 'deploy-')));
      run(process.execPath, ['tooling/checks/src/deploy.ts', basename(app), folder]);
    }, installMs);
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    test('stands on its own: no link leads out of it', () => {
      const links = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
        entry.isSymbolicLink(),
      );
      const leadingOut = links
        .map((entry) => realpathSync(join(entry.parentPath, entry.name)))
        .filter((target) => !target.startsWith(folder + sep));
      expect(links.length).toBeGreaterThan(0);
      expect(leadingOut).toEqual([]);
    });

    test('holds nothing of tooling/ and nothing that only development needs', () => {
      const { devDependencies } = manifestOf(join(rootFolder, app));
      const forTests = Object.keys(devDependencies).filter((name) => !needed.has(name));
      const unwanted = new Set([...toolingPackages, ...forTests, 'vitest', 'typescript']);
      const installed = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/.@][^/]*)$/.exec(path)?.[1])
        .filter((name) => name !== undefined);
      expect(installed).toContain('better-sqlite3');
      expect(installed.filter((name) => unwanted.has(name))).toEqual([]);
    });

    test('holds what was bundled, and of that neither sources nor packages', () => {
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      const ours = files.filter((path) => !path.startsWith('node_modules'));
      expect(ours).toContain(join('dist', 'main.js'));
      expect(ours.filter((path) => path.endsWith('.ts'))).toEqual([]);
      const bundled = files.filter((path) =>
        /(?:^|\/)node_modules\/(?:@agrenting-hiclaw|drizzle-orm)/.test(path),
      );
      expect(bundled).toEqual([]);
    });

    test('imports each package at the version that its package.json names', () => {
      const { dependencies } = manifestOf(folder);
      expect(Object.keys(dependencies)).toContain('better-sqlite3');
      for (const [name, version] of Object.entries(dependencies))
        expect([name, versionOf(join(folder, 'node_modules', name))]).toEqual([name, version]);
    });

    test('holds the console if it serves it', () => {
      const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith(join('dist', 'page', 'index.html')),
      );
      expect(pages.length > 0).toBe(SERVING.has(app));
    });

    test.each(app === 'apps/admin-api' ? [join('dist', 'main.js')] : [])(
      '%s serves the console and everything that it names',
      async (main) => {
        await withDeployedApp(join(folder, main), [], 'admin', async (url) => {
          const page = await fetch(url);
          expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
          const named = [...(await page.text()).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(
            ([, path = '']) => path,
          );
          expect(named.length).toBeGreaterThan(1);
          for (const path of named) {
            const { status, headers } = await fetch(`${url}/${path}`);
            expect([path, status, headers.get('cache-control')]).toEqual([path, 200, FOR_EVER]);
          }
        });
      },
    );

    test('starts with a store that was not there', async () => {
      const starting = app === 'apps/cli' ? ['up'] : [];
      await withDeployedApp(join(folder, 'dist', 'main.js'), starting, 'health', async (url) => {
        expect((await fetch(`${url}/health`)).status).toBe(200);
      });
    });

    test('without configuration it lists what is wrong with its settings and ends with 2', () => {
      const { status, stderr } = spawnSync(process.execPath, [join('dist', 'main.js')], {
        cwd: folder,
        encoding: 'utf8',
        env: { HOME: folder },
        timeout: 20_000,
      });
      expect(stderr).not.toMatch(/^\s+at .+:\d+:\d+/m);
      expect(stderr.trim()).not.toBe('');
      expect({ status, stderr }).toMatchObject({ status: 2 });
    });
  },
);
