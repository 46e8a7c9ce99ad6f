import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { MissingTool } from './missing-tool.mjs';
import { locksFolder, majorOf } from './pins.mjs';

/**
 * One tool and the ways to get it.
 *
 * @typedef {object} Tool
 * @property {string} name the command
 * @property {string} version the pinned version; any version with the same major number will do
 * @property {(modules: string) => Promise<string[]>} findIn programs to try in the `node_modules` that its lock was
 *   installed into
 */

/**
 * Makes sure of Node and pnpm in the pinned major versions and gives the folders to put on the PATH for them: none for
 * a tool that is there already. What is missing comes from the npm registry, into `folder`, by a lockfile of its own:
 * npm installs nothing whose SHA-512 is not the one that the lockfile names.
 *
 * @param {import('./pins.mjs').Pins} pins
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @param {(line: string) => void} say hears of each tool that is fetched
 * @param {string} [locks] the folder with a package.json and a package-lock.json for each tool
 * @returns {Promise<string[]>}
 * @throws {MissingTool} says what to type
 */
export async function bringToolchain(pins, folder, environment, say, locks = locksFolder) {
  const folders = [];
  for (const tool of [nodeTool(pins.node), pnpmTool(pins.pnpm)]) {
    if (answers(tool.name, tool, environment)) continue;
    const parent = join(folder, `${process.platform}-${process.arch}`);
    folders.push(await bring(tool, parent, join(locks, tool.name), environment, say));
  }
  return folders;
}

/**
 * @param {string} version
 * @returns {Tool}
 */
function nodeTool(version) {
  return {
    name: 'node',
    version,
    findIn: async (modules) =>
      (await namesIn(modules, 'node-')).map((name) => join(modules, name, 'bin', 'node')),
  };
}

/**
 * @param {string} version
 * @returns {Tool}
 */
function pnpmTool(version) {
  return {
    name: 'pnpm',
    version,
    // The program itself lies in a package for each kind of machine, and needs no installation script.
    findIn: async (modules) => {
      const scope = join(modules, '@pnpm');
      return (await namesIn(scope, 'exe.')).map((name) => join(scope, name, 'pnpm'));
    },
  };
}

/**
 * @param {string} folder
 * @param {string} prefix
 */
async function namesIn(folder, prefix) {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith(prefix));
}

/**
 * Installs a tool into a folder of its own below `parent`. The folder gets its name only when the tool in it has
 * answered, so that a run that was killed leaves nothing that looks whole.
 *
 * @param {Tool} tool
 * @param {string} parent
 * @param {string} lock the folder with the tool's package.json and package-lock.json
 * @param {NodeJS.ProcessEnv} environment
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the folder with the command in it
 */
async function bring(tool, parent, lock, environment, say) {
  const home = join(parent, `${tool.name}-${tool.version}`);
  const commands = join(home, 'bin');
  if (existsSync(home)) {
    if (answers(join(commands, tool.name), tool, environment)) return commands;
    await rm(home, { recursive: true, force: true });
  }
  await mkdir(parent, { recursive: true });
  say(`Fetching ${tool.name} ${majorOf(tool.version)} with npm into ${relative(process.cwd(), parent)}`);
  const attempt = await mkdtemp(join(parent, 'unfinished-'));
  const failure = await installInto(attempt, lock, tool, environment);
  if (failure === undefined) {
    await rename(attempt, home);
    return commands;
  }
  await rm(attempt, { recursive: true, force: true });
  throw new MissingTool(remedy(tool, failure));
}

/**
 * @param {string} attempt
 * @param {string} lock
 * @param {Tool} tool
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string | undefined>} why it failed
 */
async function installInto(attempt, lock, tool, environment) {
  // A manifest of its own keeps npm from climbing up to the workspace's.
  for (const name of ['package.json', 'package-lock.json']) {
    await copyFile(join(lock, name), join(attempt, name));
  }
  const options = ['--include=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const install = await runNpm(['ci', '--prefix', attempt, ...options], attempt, environment);
  if (install !== undefined) return install;

  const commands = join(attempt, 'bin');
  await mkdir(commands);
  const command = join(commands, tool.name);
  const programs = (await tool.findIn(join(attempt, 'node_modules'))).filter((program) =>
    existsSync(program),
  );
  // A package for one kind of machine is optional to npm: it leaves out what it cannot get, and what is not what the lock names.
  if (programs.length === 0) {
    return [
      `npm installed no ${tool.name} for ${process.platform} on ${process.arch}. Either none is published for it,`,
      `or the registry sent something whose SHA-512 is not the one in tooling/bootstrap/locks/${tool.name}/package-lock.json.`,
    ].join('\n  ');
  }
  for (const program of programs) {
    await chmod(program, 0o755);
    await symlink(relative(commands, program), command);
    if (answers(command, tool, environment)) return undefined;
    await rm(command);
  }
  return `npm installed it, but no program in it answers --version with ${majorOf(tool.version)}.x`;
}

/**
 * @param {string[]} npmArguments
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string | undefined>} why it failed
 */
async function runNpm(npmArguments, folder, environment) {
  const child = spawn('npm', npmArguments, {
    cwd: folder,
    env: withoutTarget(environment),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  return await new Promise((resolve) => {
    child.on('error', (error) => resolve(`npm could not be started: ${error.message}`));
    child.on('close', (status) =>
      resolve(status === 0 ? undefined : firstLines(said) || `npm ci ended with status ${status}`),
    );
  });
}

/**
 * Whether a program says that it is of the pinned major version.
 *
 * @param {string} program
 * @param {Tool} tool
 * @param {NodeJS.ProcessEnv} environment
 */
function answers(program, tool, environment) {
  const { status, stdout } = spawnSync(program, ['--version'], { env: environment, encoding: 'utf8' });
  return status === 0 && majorOf(stdout) === majorOf(tool.version);
}

/**
 * The environment without what would make npm install elsewhere, only pretend to, or leave parts out.
 *
 * @param {NodeJS.ProcessEnv} environment
 */
function withoutTarget(environment) {
  const target =
    /^npm_config_(global|location|prefix|local_prefix|dry_run|package_lock(_only)?|omit|workspaces?)$/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !target.test(name)));
}

/** @param {string} text */
function firstLines(text) {
  return text.trim().split('\n').slice(0, 3).join(' ');
}

/**
 * @param {Tool} tool
 * @param {string} failure
 */
function remedy(tool, failure) {
  const major = majorOf(tool.version);
  return [
    `This workspace needs ${tool.name} ${major}, and it could not be fetched:`,
    `  ${failure}`,
    'Put it on the PATH yourself and run the same command again, for example by typing:',
    `  npm install --global --ignore-scripts=false ${tool.name}@${major}`,
    `  ${tool.name} --version`,
    `The PATH searched is ${(process.env['PATH'] ?? '').split(delimiter).join(' ')}`,
  ].join('\n');
}
