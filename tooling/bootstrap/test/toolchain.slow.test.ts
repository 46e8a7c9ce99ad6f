import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locksFolder, readPins } from '../src/pins.mjs';
import { bringToolchain } from '../src/toolchain.mjs';

const pins = { node: '24.21.0', pnpm: '12.21.0' };
const machine = `${process.platform}-${process.arch}`;
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

  /** An `npm ci` that puts down one program, and notes what it was called with. */
  async function npmHolding(path: string, version: string): Promise<void> {
    await program(
      'npm',
      `echo "$@" >> ${folder}/npm-calls
       cp package-lock.json ${folder}/lock-used.json
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

  test('is fetched once where pnpm is missing, by its lockfile and without running scripts', async () => {
    await program('pnpm', 'exit 127');
    await npmHolding('@pnpm/exe.some-machine/pnpm', '12.21.0');
    const commands = join(toolchain, machine, 'pnpm-12.21.0', 'bin');
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([commands]);
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([commands]);
    expect(await npmCalls()).toEqual([expect.stringMatching(/^ci .*--ignore-scripts/)]);
    expect(await readFile(join(folder, 'lock-used.json'), 'utf8')).toBe(
      await readFile(join(locksFolder, 'pnpm', 'package-lock.json'), 'utf8'),
    );
    expect(await readdir(commands)).toEqual(['pnpm']);
  });

  test('is fetched where Node is of another major version', async () => {
    await program('node', 'echo v20.1.0');
    await npmHolding(`node-${machine}/bin/node`, 'v24.21.0');
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([
      join(toolchain, machine, 'node-24.21.0', 'bin'),
    ]);
    expect(await npmCalls()).toHaveLength(1);
  });

  test('is fetched again when what was fetched no longer answers', async () => {
    await program('pnpm', 'exit 127');
    await npmHolding('@pnpm/exe.some-machine/pnpm', '12.21.0');
    const [commands] = await bringToolchain(pins, toolchain, environment, say);
    await rm(join(commands ?? '', 'pnpm'));
    expect(await bringToolchain(pins, toolchain, environment, say)).toEqual([commands]);
    expect(await npmCalls()).toHaveLength(2);
  });

  test('of the wrong version says what to type, and leaves nothing behind', async () => {
    await program('node', 'echo v20.1.0');
    await npmHolding(`node-${machine}/bin/node`, 'v23.0.0');
    await expect(bringToolchain(pins, toolchain, environment, say)).rejects.toThrow(
      /no program in it answers --version with 24\.x[^]*npm install --global --ignore-scripts=false node@24/,
    );
    expect(await readdir(join(toolchain, machine))).toEqual([]);
  });

  test('that npm cannot install says why', async () => {
    await program('pnpm', 'exit 127');
    await program('npm', 'echo "npm error code ENOTFOUND" >&2; exit 1');
    await expect(bringToolchain(pins, toolchain, environment, say)).rejects.toThrow(
      /pnpm 12, and it could not be fetched:\n  npm error code ENOTFOUND\n/,
    );
  });
});

// The real npm, and a registry of one package on loopback.
describe('what a registry sends under the name and version that the lock names', () => {
  let folder = '';
  const registries: Server[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'));
  });
  afterEach(async () => {
    for (const registry of registries.splice(0)) {
      registry.closeAllConnections();
      registry.close();
    }
    await rm(folder, { recursive: true });
  });

  /** Serves one package as the only one; gives the registry's address. */
  async function serve(tarball: Buffer): Promise<string> {
    let address = '';
    const registry = createServer((request, response) => {
      if (request.url?.endsWith('.tgz') === true) {
        response.end(tarball);
        return;
      }
      const dist = { tarball: `${address}package.tgz`, integrity: integrityOf(tarball) };
      const versions = { '24.21.0': { name: NAME, version: '24.21.0', dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: NAME, 'dist-tags': { latest: '24.21.0' }, versions }));
    });
    registries.push(registry);
    await new Promise<void>((resolve) => {
      registry.listen(0, '127.0.0.1', resolve);
    });
    const bound = registry.address();
    if (bound === null || typeof bound === 'string') throw new Error('the registry does not listen');
    address = `http://127.0.0.1:${bound.port}/`;
    return address;
  }

  /** A machine whose own Node is of no use, and that reaches this registry. */
  async function environmentOf(registry: string): Promise<NodeJS.ProcessEnv> {
    const programs = join(folder, 'programs');
    await mkdir(programs);
    const script = '#!/bin/sh\n[ "$1" = --version ] && exit 1\nexec "$REAL_NODE" "$@"\n';
    await writeFile(join(programs, 'node'), script, { mode: 0o755 });
    return {
      ...process.env,
      REAL_NODE: process.execPath,
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
      npm_config_registry: registry,
      npm_config_cache: join(folder, 'cache'),
      npm_config_fetch_retries: '0',
    };
  }

  test('is used where its SHA-512 is the pinned one', async () => {
    const genuine = await pack(folder, 'echo v24.21.0');
    await lockOf(folder, integrityOf(genuine));
    const environment = await environmentOf(await serve(genuine));
    const brought = await bringToolchain(
      pins,
      join(folder, 'toolchain'),
      environment,
      say,
      join(folder, 'locks'),
    );
    expect(brought).toContain(join(folder, 'toolchain', machine, 'node-24.21.0', 'bin'));
  });

  test('is not run where it is another, not even to ask for its version', async () => {
    await lockOf(folder, integrityOf(await pack(folder, 'echo v24.21.0')));
    const tampered = await pack(folder, `echo ran >> ${folder}/ran; echo v24.21.0`);
    const environment = await environmentOf(await serve(tampered));
    await expect(
      bringToolchain(pins, join(folder, 'toolchain'), environment, say, join(folder, 'locks')),
    ).rejects.toThrow(/SHA-512 is not the one in tooling.bootstrap.locks.node/);
    expect(await readdir(folder)).not.toContain('ran');
  });
});

describe('the locks', () => {
  test.each(['node', 'pnpm'] as const)(
    'of %s name a SHA-512 for each package, and the pinned version',
    async (tool) => {
      const lock = await readFile(join(locksFolder, tool, 'package-lock.json'), 'utf8');
      const packages = [...lock.matchAll(/"node_modules[^"]+": \{[^}]*\}/g)].map(([entry]) => ({
        version: /"version": "([\d.]+)"/.exec(entry)?.[1] ?? '',
        integrity: /"integrity": "([^"]+)"/.exec(entry)?.[1] ?? '',
      }));
      expect(packages.length).toBeGreaterThan(3);
      for (const { version, integrity } of packages) {
        expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
        expect(version.split('.')[0]).toBe(pins[tool].split('.')[0]);
      }
      const { node, pnpm } = await readPins();
      expect(packages.map(({ version }) => version)).toContain({ node, pnpm }[tool]);
    },
  );
});

const NAME = `node-${machine}`;
function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}

/** The tarball of a package whose program is a script. */
async function pack(folder: string, script: string): Promise<Buffer> {
  const source = await mkdtemp(join(folder, 'source-'));
  await mkdir(join(source, 'bin'));
  await writeFile(join(source, 'bin', 'node'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await writeFile(join(source, 'package.json'), JSON.stringify({ name: NAME, version: '24.21.0' }));
  await promisify(execFile)('npm', ['pack', '--silent', '--pack-destination', source], { cwd: source });
  const tarball = (await readdir(source)).find((name) => name.endsWith('.tgz')) ?? '';
  return await readFile(join(source, tarball));
}

/** Locks that name one package for node, by the digest given; pnpm's are the real ones. */
async function lockOf(folder: string, integrity: string): Promise<void> {
  const locks = join(folder, 'locks', 'node');
  await mkdir(locks, { recursive: true });
  const optionalDependencies = { [NAME]: '24.21.0' };
  await writeFile(join(locks, 'package.json'), JSON.stringify({ private: true, optionalDependencies }));
  const packages = {
    '': { optionalDependencies },
    [`node_modules/${NAME}`]: { version: '24.21.0', integrity, optional: true },
  };
  await writeFile(
    join(locks, 'package-lock.json'),
    JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  );
}
