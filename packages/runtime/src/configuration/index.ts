// What a command that only needs the configuration loads: no logs, metrics or servers.
export { fingerprintOf } from './fingerprint.ts';
export { loadConfiguration, type Needs } from './load.ts';
export type { Configuration } from './schema.ts';
export type { SettingProblem } from './setting-problem.ts';
export { listProblems, spelledOut } from './setting-texts.ts';
