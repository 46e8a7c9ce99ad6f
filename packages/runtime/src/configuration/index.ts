// What a command that only needs the configuration loads: no logs, metrics or servers.
export { fingerprintOf } from './fingerprint.ts';
export { loadConfiguration, type Needs } from './load.ts';
export type { ConfigurationProblem } from './problem.ts';
export type { Configuration } from './schema.ts';
