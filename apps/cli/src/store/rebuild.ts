import { rebuild } from '@agrenting-hiclaw/app';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';

/** Rebuilds a lost store; the log is separate from the output. */
export async function rebuildStore(terminal: Terminal, options: CommonOptions): Promise<void> {
  const isComplete = await rebuild({
    configuration: await loadedConfiguration(terminal, options),
    environment: terminal.environment,
    json: options.json === true,
    print: (text) => terminal.print(text),
    logTo: { write: (text) => terminal.writeError(text) },
    stop: terminal.stop,
  });
  if (isComplete) return;
  throw new CommandError(
    EXIT.failed,
    'not everything could be rebuilt',
    'The output above lists what is missing. Start the adapter: it keeps looking for the rest.',
  );
}
