export { systemClock } from './clock.ts';
export { checkConfiguration } from './configuration/load.ts';
export type { Configuration } from './configuration/schema.ts';
export { startHealthServer, type HealthServer, type Readiness } from './health.ts';
export { createLogger, type Logger } from './log.ts';
export { createEngineMetrics } from './metrics.ts';
export { runCommand, runMain, type RunningApp } from './run-main.ts';
export { startSingleton, type Singleton } from './singleton.ts';
export { SettingError } from './setting-error.ts';
