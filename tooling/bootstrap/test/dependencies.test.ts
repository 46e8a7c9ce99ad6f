import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { areInStep } from '../src/dependencies.mjs';

const lockfile = `lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      zod:
        specifier: 'catalog:'
        version: 4.0.0

  packages/core:
    dependencies:
      zod:
        specifier: 'catalog:'
        version: 4.0.0

  tooling/tsconfig: {}

packages:

  zod@4.0.0:
    resolution: {integrity: sha512-none}
`;

describe('what is installed', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dependencies-'));
    await writeFile(join(folder, 'pnpm-lock.yaml'), lockfile);
    await mkdir(join(folder, 'node_modules', '.pnpm'), { recursive: true });
    await mkdir(join(folder, 'packages', 'core', 'node_modules'), { recursive: true });
    await writeFile(join(folder, 'node_modules', '.pnpm', 'lock.yaml'), lockfile);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('is in step when it was installed from the same lockfile', async () => {
    expect(await areInStep(folder)).toBe(true);
  });

  test('is not when nothing was installed', async () => {
    await rm(join(folder, 'node_modules'), { recursive: true });
    expect(await areInStep(folder)).toBe(false);
  });

  test('is not when the lockfile has changed', async () => {
    await writeFile(join(folder, 'pnpm-lock.yaml'), lockfile.replaceAll('4.0.0', '4.0.1'));
    expect(await areInStep(folder)).toBe(false);
  });

  test("is not when a package's own folder is gone", async () => {
    await rm(join(folder, 'packages', 'core', 'node_modules'), { recursive: true });
    expect(await areInStep(folder)).toBe(false);
  });
});
