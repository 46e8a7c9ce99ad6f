// Runs a command of this workspace on a machine that has nothing but Node 18 or newer and npm:
//   node tooling/bootstrap/src/main.mjs <command> [arguments]
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { bringDependencies } from './dependencies.mjs';
import { childEnvironment } from './environment.mjs';
import { withLock } from './lock.mjs';
import { readPins, rootFolder } from './pins.mjs';
import { MissingTool } from './missing-tool.mjs';
import { bringToolchain } from './toolchain.mjs';

const [command, ...commandArguments] = process.argv.slice(2);
if (command === undefined) {
  console.error('Usage: node tooling/bootstrap/src/main.mjs <command> [arguments]');
  process.exit(2);
}

try {
  const environment = await prepare();
  run(command, commandArguments, environment);
} catch (error) {
  if (!(error instanceof MissingTool)) throw error;
  console.error(error.message);
  process.exit(1);
}

async function prepare() {
  const pins = await readPins();
  const toolchain = join(rootFolder, '.toolchain');
  return withLock(join(toolchain, 'lock'), async () => {
    const folders = await bringToolchain(pins, toolchain, process.env, console.error);
    const environment = childEnvironment(process.env, [...folders, join(rootFolder, 'node_modules', '.bin')]);
    await bringDependencies(rootFolder, environment);
    // The apps run from source here: what was once compiled starts in half of the time.
    return { NODE_COMPILE_CACHE: join(toolchain, 'compile-cache'), ...environment };
  });
}

/**
 * Hands the terminal over to the command and ends as it ends.
 *
 * @param {string} file
 * @param {string[]} fileArguments
 * @param {NodeJS.ProcessEnv} environment
 */
function run(file, fileArguments, environment) {
  const child = spawn(file, fileArguments, { stdio: 'inherit', env: environment, cwd: rootFolder });
  // A terminal sends SIGINT to the child as well: this process only has to outlive it.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    console.error(`Could not start ${file}: ${error.message}`);
    process.exit(127);
  });
  child.on('close', (code, signal) => {
    process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
  });
}
