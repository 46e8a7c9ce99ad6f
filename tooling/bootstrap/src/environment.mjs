import { delimiter } from 'node:path';

// What npm hands to a script under npm_config_* and pnpm must know too, to reach the same registry the same way.
const networkSettings = ['registry', 'proxy', 'https_proxy', 'noproxy', 'cafile', 'strict_ssl'];

/**
 * The environment of a workspace command: `folders` first on the PATH, and none of npm's own variables. npm describes
 * itself and its prefix in them, which pnpm and scripts below it would take for their own.
 *
 * @param {NodeJS.ProcessEnv} environment
 * @param {string[]} folders
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(environment, folders) {
  /** @type {NodeJS.ProcessEnv} */
  const child = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!/^npm_/i.test(name)) child[name] = value;
  }
  for (const setting of networkSettings) {
    const value = environment[`npm_config_${setting}`];
    const forPnpm = `pnpm_config_${setting}`;
    if (value && child[forPnpm] === undefined) child[forPnpm] = value;
  }
  child['PATH'] = [...folders, environment['PATH'] ?? ''].join(delimiter);
  child['TURBO_TELEMETRY_DISABLED'] = '1';
  return child;
}
