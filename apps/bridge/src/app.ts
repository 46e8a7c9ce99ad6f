import { startAdapter, type RunningAdapter } from '@agrenting-hiclaw/app';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { startWebhookIntake } from './webhook-intake.ts';

/** A running bridge, with what its tests and commands look at. */
export interface RunningBridge extends RunningAdapter {
  /** Where hirings are posted. */
  readonly webhookUrl: string;
}

/** The adapter for connection by webhook: a server that hirings are posted to, and everything that every app has. */
export async function startBridge(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunningBridge> {
  let webhookUrl = '';
  const adapter = await startAdapter({
    name: 'bridge',
    configuration,
    environment,
    startIntake: async (parts) => {
      const intake = await startWebhookIntake(parts);
      webhookUrl = intake.url;
      return intake;
    },
  });
  return { ...adapter, webhookUrl };
}
