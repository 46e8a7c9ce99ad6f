// Packs the command line tool as one package that runs from any folder: node tooling/checks/src/pack.ts <folder>
// Our own packages are bundled into it, and what we have patched; the rest of the registry's stays a dependency, at the
// versions that are tested here.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { BUILD_PAGE } from './page.ts';
import { runProgram } from './program.ts';
import { rootFolder } from './workspace.ts';

const manifestSchema = z.object({
  version: z.string(),
  description: z.string(),
  license: z.string(),
  engines: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
});

const [given = ''] = process.argv.slice(2);
if (given === '') {
  console.error(
    'Usage: npm run pack-cli -- <folder>\n  where the package is put, as agrenting-hiclaw-<version>.tgz',
  );
  process.exit(2);
}
const target = resolve(process.env['INIT_CWD'] ?? rootFolder, given);
const cli = join(rootFolder, 'apps', 'cli');
const OURS = '@agrenting-hiclaw/';
/** A patch of pnpm's reaches nobody who installs the package: without it drizzle takes a third of a second to load. */
const BUNDLED: ReadonlySet<string> = new Set(['drizzle-orm']);
const stage = mkdtempSync(join(tmpdir(), 'pack-'));
try {
  await build({
    entryPoints: [join(cli, 'src', 'main.ts')],
    outdir: join(stage, 'dist'),
    bundle: true,
    // What a command does is loaded when it runs.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['agrenting-hiclaw-source'],
    plugins: [
      {
        name: 'ours-is-bundled',
        setup(bundler) {
          bundler.onResolve({ filter: /^[^./]/ }, ({ path }) =>
            path.startsWith(OURS) || BUNDLED.has(path.split('/')[0] ?? '')
              ? undefined
              : { path, external: true },
          );
        },
      },
    ],
  });
  // Beside `dist`, where the store looks for them.
  cpSync(join(rootFolder, 'packages', 'store', 'migrations'), join(stage, 'migrations'), { recursive: true });
  // The page, where `consoleDirectory()` looks for it from inside the bundle.
  const page = await runProgram(BUILD_PAGE, { output: 'captured', signal: new AbortController().signal });
  if (!page.succeeded) throw new Error(page.output);
  cpSync(join(rootFolder, 'packages', 'console', 'dist', 'page'), join(stage, 'dist', 'page'), {
    recursive: true,
  });
  cpSync(join(cli, 'skills'), join(stage, 'skills'), { recursive: true });
  for (const file of ['README.md', 'LICENSE']) cpSync(join(rootFolder, file), join(stage, file));
  const { version, description, license, engines } = manifestOf(cli);
  const manifest = {
    name: 'agrenting-hiclaw',
    version,
    description,
    license,
    type: 'module',
    bin: { 'agrenting-hiclaw': './dist/main.js' },
    files: ['dist', 'migrations', 'skills'],
    engines,
    dependencies: registryDependencies(),
  };
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const { succeeded, output } = await runProgram(['npm', 'pack', '--pack-destination', stage, stage], {
    output: 'captured',
    signal: new AbortController().signal,
  });
  if (!succeeded) throw new Error(output);
  const tarball = readdirSync(stage).find((file) => file.endsWith('.tgz'));
  if (tarball === undefined) throw new Error(`npm pack made nothing:\n${output}`);
  mkdirSync(target, { recursive: true });
  cpSync(join(stage, tarball), join(target, tarball));
  console.log(join(target, tarball));
} finally {
  rmSync(stage, { recursive: true });
}

/** What our packages that are in it need from the registry, each at the version that is installed here. */
function registryDependencies(): Record<string, string> {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (folder: string): void => {
    if (seen.has(folder)) return;
    seen.add(folder);
    for (const name of Object.keys(manifestOf(folder).dependencies)) {
      if (name.startsWith(OURS)) visit(folderOf(name));
      else if (!BUNDLED.has(name)) found.set(name, installedVersion(folder, name));
    }
  };
  visit(cli);
  return Object.fromEntries([...found].toSorted(([a], [b]) => a.localeCompare(b)));
}

function folderOf(name: string): string {
  const short = name.slice(OURS.length);
  const group = ['admin-api', 'bridge', 'mcp-client', 'poller'].includes(short) ? 'apps' : 'packages';
  return join(rootFolder, group, short);
}

function installedVersion(folder: string, name: string): string {
  const manifest = join(folder, 'node_modules', name, 'package.json');
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, 'utf8'))).version;
}

function manifestOf(folder: string): z.output<typeof manifestSchema> {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  return manifestSchema.parse(JSON.parse(text));
}
