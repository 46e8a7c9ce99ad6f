import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MissingTool } from './missing-tool.mjs';

/**
 * Installs what the lockfile says, unless that is what is installed.
 *
 * @param {string} folder the workspace
 * @param {NodeJS.ProcessEnv} environment one in which pnpm is found
 */
export async function bringDependencies(folder, environment) {
  if (await areInStep(folder)) return;
  // --prod=false: NODE_ENV=production would leave out the tools that this is for.
  const install = ['install', '--frozen-lockfile', '--prod=false'];
  const { status } = spawnSync('pnpm', install, { cwd: folder, env: environment, stdio: 'inherit' });
  if (status !== 0) {
    throw new MissingTool(
      [
        `pnpm ${install.join(' ')} failed with status ${status}.`,
        'If a package.json was changed on purpose, bring the lockfile in step:',
        '  npx pnpm@12 install',
        'Otherwise the messages above say what is missing.',
      ].join('\n'),
    );
  }
}

/**
 * Whether what is installed is what the lockfile says. pnpm keeps a copy of the lockfile that it installed last.
 *
 * @param {string} folder
 */
export async function areInStep(folder) {
  const wanted = await readFile(join(folder, 'pnpm-lock.yaml'), 'utf8');
  const installed = await readFile(join(folder, 'node_modules', '.pnpm', 'lock.yaml'), 'utf8').catch(
    () => '',
  );
  return (
    wanted === installed &&
    importersOf(wanted).every((importer) => existsSync(join(folder, importer, 'node_modules')))
  );
}

/**
 * The folders that get a `node_modules`, from the lockfile's section `importers`: those with at least one dependency.
 *
 * @param {string} lockfile
 */
function importersOf(lockfile) {
  const section = /^importers:\n((?: .*\n|\n)*)/m.exec(lockfile)?.[1] ?? '';
  return [...section.matchAll(/^ {2}(\S+):$/gm)].map((match) => match[1] ?? '').filter((name) => name !== '');
}
