import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import configuration from '../../../.dependency-cruiser.mjs';

const program = join(import.meta.dirname, '..', 'src', 'architecture', 'main.ts');

/** A workspace in which every import is allowed, one of each kind. */
const allowed = {
  'packages/core/src/domain/index.ts': `
    import { createHash } from 'node:crypto';
    import { inspect } from 'node:util';
    import { z } from 'zod';
    export const hiring = [createHash, inspect, z];`,
  'packages/core/src/agrenting/index.ts': `export { hiring } from '../domain/index.ts';`,
  'packages/engine/src/index.ts': `export { hiring } from '@agrenting-hiclaw/core/domain';`,
  'packages/store/src/index.ts': `export { hiring } from '@agrenting-hiclaw/core/agrenting';`,
  'packages/store/src/index.test.ts': `
    import { check } from 'checker';
    import { marketplace } from '@agrenting-hiclaw/sandbox';
    import { hiring } from './index.ts';
    export const test = [check, hiring, marketplace];`,
  'packages/alerts/src/index.ts': `export { hiring } from '@agrenting-hiclaw/store';`,
  'packages/hiclaw/src/index.ts': `export { hiring } from '@agrenting-hiclaw/core/domain';`,
  'packages/hiclaw/src/setup/index.ts': `
    export { gateway } from '../gateway/gateway.ts';
    export { hiring } from '../index.ts';`,
  'packages/hiclaw/src/gateway/gateway.ts': `export const gateway = 'Higress';`,
  'apps/cli/src/setup.ts': `export { hiring } from '@agrenting-hiclaw/hiclaw/setup';`,
  'packages/operations/src/index.ts': `export { hiring } from '@agrenting-hiclaw/alerts';`,
  'packages/app/src/index.ts': `
    export { hiring as told } from '@agrenting-hiclaw/alerts';
    export { hiring } from '@agrenting-hiclaw/engine';
    export { hiring as stored } from '@agrenting-hiclaw/store';`,
  'apps/poller/src/app.ts': `
    import { readFile } from 'node:fs';
    import { hiring } from '@agrenting-hiclaw/engine';
    export { hiring as stored } from '@agrenting-hiclaw/store';
    export const app = [hiring, readFile];`,
  'apps/bridge/src/app.ts': `export { hiring } from '@agrenting-hiclaw/engine';`,
  'apps/cli/src/up.ts': `export { app } from '@agrenting-hiclaw/poller/app';`,
  'packages/console/src/directory.ts': `export const consoleDirectory = 'dist';`,
  'packages/console/src/main.ts': `import { check } from 'checker'; export const page = check;`,
  'apps/admin-api/src/app.ts': `export { consoleDirectory } from '@agrenting-hiclaw/console';`,
  'tooling/sandbox/src/index.ts': `import { z } from 'zod'; export const marketplace = z;`,
  'tooling/simulator/src/index.ts': `
    export { hiring } from '@agrenting-hiclaw/engine';
    export { hiring as stored } from '@agrenting-hiclaw/store';
    export { hiring as known } from '@agrenting-hiclaw/core/domain';`,
};

/** For each rule: a file, and the imports in it that the rule forbids. */
const forbidden: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'core-domain-is-pure': {
    'packages/core/src/domain/bad.ts': [
      'node:fs',
      'checker',
      '../agrenting/index.ts',
      '@agrenting-hiclaw/store',
    ],
  },
  'core-agrenting-sees-core-only': { 'packages/core/src/agrenting/bad.ts': ['@agrenting-hiclaw/store'] },
  'engine-sees-core-domain-only': {
    'packages/engine/src/bad.ts': ['@agrenting-hiclaw/core/agrenting', '@agrenting-hiclaw/store'],
  },
  'packages-see-themselves-and-core': {
    'packages/store/src/bad.ts': ['@agrenting-hiclaw/engine', '@agrenting-hiclaw/poller/app'],
  },
  'app-and-operations-stand-side-by-side': {
    'packages/app/src/bad.ts': ['@agrenting-hiclaw/poller/app', '@agrenting-hiclaw/operations'],
    'packages/operations/src/bad.ts': ['@agrenting-hiclaw/app'],
  },
  'alerts-see-what-is-below': { 'packages/alerts/src/bad.ts': ['@agrenting-hiclaw/engine'] },
  'only-the-cli-sets-up': {
    'packages/hiclaw/src/bad.ts': ['./setup/index.ts', './gateway/gateway.ts'],
    'packages/operations/src/worse.ts': ['@agrenting-hiclaw/hiclaw/setup'],
    'apps/poller/src/setup.ts': ['@agrenting-hiclaw/hiclaw/setup'],
  },
  'no-app-sees-another': { 'apps/bridge/src/bad.ts': ['@agrenting-hiclaw/poller/app'] },
  'cli-starts-apps-only': { 'apps/cli/src/bad.ts': ['../../poller/src/inner.ts'] },
  'console-is-served-by-admin-api-only': {
    'apps/poller/src/page.ts': ['@agrenting-hiclaw/console'],
  },
  'console-speaks-http-only': {
    'packages/console/src/bad.ts': ['@agrenting-hiclaw/core/domain', 'node:fs'],
  },
  'production-sees-no-tooling': {
    'apps/poller/src/bad.ts': ['@agrenting-hiclaw/sandbox'],
    'packages/store/src/worse.ts': ['@agrenting-hiclaw/sandbox'],
  },
  'sandbox-is-independent': {
    'tooling/sandbox/src/demo/bad.ts': ['@agrenting-hiclaw/poller/app', '@agrenting-hiclaw/core/domain'],
    'tooling/sandbox/src/bad.test.ts': ['@agrenting-hiclaw/core/domain'],
  },
  'tooling-sees-no-production': { 'tooling/dev/src/bad.ts': ['../../../packages/engine/src/index.ts'] },
  'simulator-sees-engine-and-store-only': {
    'tooling/simulator/src/bad.ts': ['@agrenting-hiclaw/core/agrenting', '@agrenting-hiclaw/poller/app'],
    'tooling/simulator/test/bad.test.ts': ['@agrenting-hiclaw/sandbox'],
  },
  'no-cycles': { 'packages/store/src/one.ts': ['./two.ts'], 'packages/store/src/two.ts': ['./one.ts'] },
  'imports-exist': { 'apps/poller/src/lost.ts': ['./nowhere.ts', 'no-such-package'] },
  'production-needs-no-dev-dependencies': { 'packages/store/src/early.ts': ['checker'] },
};

const exportsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'packages/core': { './domain': './src/domain/index.ts', './agrenting': './src/agrenting/index.ts' },
  'packages/engine': { '.': './src/index.ts' },
  'packages/store': { '.': './src/index.ts' },
  'packages/alerts': { '.': './src/index.ts' },
  'packages/hiclaw': { '.': './src/index.ts', './setup': './src/setup/index.ts' },
  'packages/operations': { '.': './src/index.ts' },
  'packages/app': { '.': './src/index.ts' },
  'packages/console': { '.': './src/directory.ts' },
  'apps/admin-api': {},
  'apps/poller': { './app': './src/app.ts' },
  'apps/bridge': { './app': './src/app.ts' },
  'apps/cli': {},
  'tooling/sandbox': { '.': './src/index.ts' },
  'tooling/simulator': {},
};

describe('the architecture check', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'architecture-'));
    for (const [path, exports] of Object.entries(exportsOf)) {
      const name = `@agrenting-hiclaw/${path.split('/')[1]}`;
      const sources = Object.fromEntries(
        Object.entries(exports).map(([key, file]) => [key, { 'agrenting-hiclaw-source': file }]),
      );
      const devDependencies = { checker: '1', '@agrenting-hiclaw/sandbox': 'workspace:*' };
      await put(
        `${path}/package.json`,
        JSON.stringify({ name, exports: sources, dependencies: { zod: '4' }, devDependencies }),
      );
      await mkdir(join(folder, 'node_modules', '@agrenting-hiclaw'), { recursive: true });
      await symlink(join(folder, path), join(folder, 'node_modules', name));
    }
    for (const name of ['zod', 'checker']) {
      await put(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '4.0.0', main: 'index.js' }),
      );
      await put(`node_modules/${name}/index.js`, '');
    }
    for (const [file, text] of Object.entries(allowed)) await put(file, text);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function put(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${text}\n`);
  }

  function check(): { readonly status: number | null; readonly output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, folder], { encoding: 'utf8' });
    return { status, output: stdout + stderr };
  }

  test('lets through what the arrows allow', () => {
    expect(check()).toEqual({ status: 0, output: expect.stringMatching(/^0 violations in \d+ files/) });
  });

  test('fails on a workspace without imports, where it would see nothing', async () => {
    for (const file of Object.keys(allowed)) await put(file, 'export {};');
    expect(check().status).toBe(1);
  });

  test('has a planted violation for each of its rules', () => {
    expect(Object.keys(forbidden).toSorted()).toEqual(
      configuration.forbidden?.map((rule) => rule.name).toSorted(),
    );
  });

  test('sees every planted violation, types and dynamic imports too', async () => {
    await put('apps/poller/src/inner.ts', 'export const inner = 1;');
    for (const files of Object.values(forbidden)) {
      for (const [file, imports] of Object.entries(files)) {
        const forms = [
          (from: string) => `import '${from}';`,
          (from: string) => `import type { Thing } from '${from}';`,
          (from: string) => `export const later = () => import('${from}');`,
          (from: string) => `export * from '${from}';`,
        ];
        await put(file, imports.map((from, index) => forms[index % forms.length]?.(from)).join('\n'));
      }
    }
    const { status, output } = check();
    expect(status).toBe(1);
    for (const [rule, files] of Object.entries(forbidden)) {
      for (const [file, imports] of Object.entries(files)) {
        const told = output.split('\n').filter((line, index, lines) => {
          return line.startsWith(`${file} -> `) && lines[index + 1]?.startsWith(`  ${rule}: `);
        });
        // A cycle is reported once, at one of its files.
        const expected = rule === 'no-cycles' ? told.length : imports.length;
        expect({ rule, file, told: told.length }).toEqual({ rule, file, told: expected });
      }
    }
    expect(output).toContain('  no-cycles: ');
  });
});
