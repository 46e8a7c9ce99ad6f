export { startAlerts, type AlertsOptions, type RunningAlerts } from './alerts.ts';
export { tryAlerts, type Trial } from './test-alert.ts';
