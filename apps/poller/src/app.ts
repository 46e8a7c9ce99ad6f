import { startAdapter, type RunningAdapter } from '@agrenting-hiclaw/app';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { startPolling } from './polling.ts';

/** The safety net: asks for pending work again and again, and everything that every app has. */
export async function startPoller(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunningAdapter> {
  return await startAdapter({ name: 'poller', configuration, environment, startIntake: startPolling });
}
