export { AppProcess, type AppProcessOptions } from './app-process.ts';
export { Environment, type App, type EnvironmentOptions, type StartApp } from './environment.ts';
export { environmentTest } from './environment-test.ts';
export { freePort } from './free-port.ts';
export { startLostWebhooks, type LostWebhooks } from './lost-webhooks.ts';
export { startStranger, strangeAnswers, type StrangeAnswer, type Stranger } from './stranger.ts';
export { until } from './until.ts';
