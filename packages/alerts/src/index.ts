export { startAlerts, type AlertsOptions, type RunningAlerts } from './alerts.ts';
export { HOW_TO_SET_A_SINK, SINK_KINDS } from './sinks.ts';
export { sendTestAlerts, type Trial } from './test-alert.ts';
