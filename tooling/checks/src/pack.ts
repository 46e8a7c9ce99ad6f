// Packs the command line tool as one package that runs from any folder: node tooling/checks/src/pack.ts <folder>
// It is bundled as what is deployed is (bundle.ts); what it imports of the registry stays a dependency.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleApp, manifestOf, partsOf, pinned } from './bundle.ts';
import { runProgram } from './program.ts';
import { rootFolder } from './workspace.ts';

const [given = ''] = process.argv.slice(2);
if (given === '') {
  console.error(
    'Usage: npm run pack-cli -- <folder>\n  where the package is put, as agrenting-hiclaw-<version>.tgz',
  );
  process.exit(2);
}
const target = resolve(process.env['INIT_CWD'] ?? rootFolder, given);
const cli = join(rootFolder, 'apps', 'cli');
const stage = mkdtempSync(join(tmpdir(), 'pack-'));
try {
  await bundleApp(cli, stage);
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
    dependencies: pinned(partsOf(cli)),
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
