import type { Clock } from '@agrenting-hiclaw/core/domain';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { fingerprintOf } from '@agrenting-hiclaw/runtime/configuration';
import { CommandError } from '../terminal/command-error.ts';

export interface ConfigWatcherOptions {
  /** Reads the configuration. Throws a `CommandError` that says all that is wrong with it. */
  readonly load: () => Promise<Configuration>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

const LOOK_EVERY_MS = 5_000;

/**
 * Waits until the configuration, or a file that it names such as an agent's key, is another than the present one, and
 * right: what is wrong with one is said once, and it is waited on. Undefined when `signal` ends the waiting.
 */
export async function watchConfiguration(
  present: Configuration,
  { load, clock, signal, say }: ConfigWatcherOptions,
): Promise<Configuration | undefined> {
  const fingerprint = fingerprintOf(present);
  let said: string | undefined;
  for (;;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return undefined;
    try {
      const next = await load();
      if (fingerprintOf(next) !== fingerprint) return next;
      said = undefined;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.message !== said)
        say(`The apps keep running with the previous configuration: ${error.message}\n`);
      said = error.message;
    }
  }
}
