export { startAlerts, type AlertsOptions, type RunningAlerts } from './alerts.ts';
export { sendTestAlerts, type Trial } from './test-alert.ts';
