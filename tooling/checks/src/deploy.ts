// Makes a folder that runs one app with its production dependencies only: node tooling/checks/src/deploy.ts <app> <folder>
// Programs that are named behind these come into its dist, to be measured as they would be if they were deployed.
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { bundleApp, isBundled, manifestOf, partsOf, pinned } from './bundle.ts';
import { runProgram } from './program.ts';
import { rootFolder } from './workspace.ts';

const [name = '', folder = '', ...programs] = process.argv.slice(2);
const app = join(rootFolder, 'apps', name);

if (name === '' || folder === '' || !existsSync(join(app, 'package.json'))) {
  console.error(
    'Usage: npm run deploy-app -- <app> <folder>\n  <app> is a folder of apps/, such as mcp-client; <folder> is new or empty.',
  );
  process.exit(2);
}
const target = resolve(process.env['INIT_CWD'] ?? rootFolder, folder);
const { succeeded } = await runProgram(['pnpm', '--filter', `./apps/${name}`, 'deploy', '--prod', target], {
  output: 'terminal',
  signal: new AbortController().signal,
});
if (!succeeded) process.exit(1);

const modules = join(target, 'node_modules');
const parts = partsOf(target);
takeOutBundled();
for (const [dependency, place] of parts.registry) link(dependency, place);
await bundleApp(app, target, programs);
const { name: packageName, version, description, license, engines } = manifestOf(app);
const manifest = {
  name: packageName,
  version,
  private: true,
  description,
  license,
  type: 'module',
  engines,
  dependencies: pinned(parts),
};
writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
console.log(`${name} is in ${target}. Start it with Node 24: node ${join(target, 'dist', 'main.js')}`);

/** Leaves nothing but what is installed from the registry: not what is bundled, and no file that speaks of it. */
function takeOutBundled(): void {
  for (const entry of readdirSync(target)) if (entry !== 'node_modules') remove(target, entry);
  for (const entry of readdirSync(modules)) if (entry !== '.pnpm') remove(modules, entry);
  const virtual = join(modules, '.pnpm');
  for (const entry of readdirSync(virtual)) {
    // `@scope+name@version` and what is its peer.
    if (entry === 'lock.yaml' || isBundled(entry.replace('+', '/').replace(/(?<=.)@.*/, '')))
      remove(virtual, entry);
  }
  // What nobody names and some import all the same.
  const undeclared = join(virtual, 'node_modules');
  for (const entry of readdirSync(undeclared, { recursive: true, encoding: 'utf8' }))
    if (isBundled(`${entry}/`)) remove(undeclared, entry);
}

/** Lets the bundle import a package: for each of ours it lay beside ours. */
function link(dependency: string, place: string): void {
  const from = join(modules, dependency);
  mkdirSync(dirname(from), { recursive: true });
  symlinkSync(relative(dirname(from), place), from);
}

function remove(from: string, entry: string): void {
  rmSync(join(from, entry), { recursive: true, force: true });
}
