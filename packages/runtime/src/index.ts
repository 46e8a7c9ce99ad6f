export {
  createClientAddress,
  createTrustedProxies,
  type ClientAddress,
  type TrustedProxies,
} from './http/client-address.ts';
export { systemClock } from './clock.ts';
export {
  parseHttpUrl,
  parseListenHost,
  parseOrigin,
  parseServiceUrl,
  type ParsedAddress,
} from './configuration/address.ts';
export { checkConfiguration, loadConfiguration } from './configuration/load.ts';
export { effectiveSettings, type EffectiveSetting, type Source } from './configuration/effective.ts';
export { configurationJsonSchema } from './configuration/json-schema.ts';
export { problemOfSecret, signingKey } from './configuration/key-material.ts';
export { isSealed, seal, unseal } from './configuration/sealed-secret.ts';
export { commandEnvironment, commandWords, lifecycleOf } from './configuration/lifecycle-options.ts';
export { ownKnownSecrets, ownSecrets } from './configuration/own-secrets.ts';
export { policyOf } from './configuration/policy.ts';
export { lifecycleSchema, type Configuration } from './configuration/schema.ts';
export type { SettingProblem } from './configuration/setting-problem.ts';
export { settingText, spelledOut } from './configuration/setting-texts.ts';
export { AGENT_VARIABLES } from './configuration/setting-facts.ts';
export { SETTINGS } from './configuration/settings.ts';
export { AuthRateLimit } from './http/auth-rate-limit.ts';
export { startHealthServer, type Readiness } from './http/health.ts';
export { openLogFile, reopenLogFiles } from './log-file.ts';
export { holderName, isGone } from './holder.ts';
export { createLogger, type Logger } from './log.ts';
export { createEngineMetrics, type EngineMetrics } from './metrics.ts';
export { hostInUrl } from './http/http-listener.ts';
export { Bodies, isEncoded, type BodyRead } from './http/bodies.ts';
export type { Connection } from './http/connections.ts';
export {
  startHttpServer,
  type HttpBounds,
  type HttpServer,
  type HttpServerOptions,
} from './http/http-server.ts';
export { fetchWithin, type RequestWithin, type ShortAnswer } from './http/fetch-within.ts';
export { shared } from './http/shared.ts';
export { isOwnName } from './http/own-name.ts';
export { canonicalAddress, networkOf } from './http/network.ts';
export type { Needs } from './configuration/load.ts';
export { hostOf } from './process-host.ts';
export type { ProcessParts } from './process-parts.ts';
export { runCommand, runMain, type RunningApp } from './run-main.ts';
export { startLeader, type Leader } from './leader.ts';
export { SettingError } from './setting-error.ts';
