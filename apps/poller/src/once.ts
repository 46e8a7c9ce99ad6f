import { sanitizeJson } from '@agrenting-hiclaw/core/sanitize';
import { isComplete, openRuntime, pollAgents, pollTable } from '@agrenting-hiclaw/app';
import type { Configuration } from '@agrenting-hiclaw/runtime';

export interface OnceOptions {
  readonly configuration: Configuration;
  readonly json: boolean;
  readonly print: (text: string) => void;
  readonly stop: AbortSignal;
}

/** Looks at every list once, keeps what it finds in the store, and prints it. Gives whether all could be read. */
export async function pollOnce({ configuration, json, print, stop }: OnceOptions): Promise<boolean> {
  const parts = new AsyncDisposableStack();
  try {
    // What is printed is the report; the log goes beside it.
    const side = await openRuntime(parts, {
      name: 'poller',
      configuration,
      logTo: process.stderr,
      session: () => undefined,
    });
    const sweep = await pollAgents(side, stop);
    const complete = isComplete(sweep);
    print(
      json
        ? `${sanitizeJson(JSON.stringify({ once: complete ? 'ok' : 'failed', ...sweep }))}\n`
        : pollTable(sweep),
    );
    return complete;
  } finally {
    await parts.disposeAsync();
  }
}
