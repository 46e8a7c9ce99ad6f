import { ConfigFile, keyFileOf, rotateKeyIn } from '@agrenting-hiclaw/operations';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { agreed } from '../terminal/ask.ts';
import { mark, printJson } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

export interface RotateOptions extends CommonOptions {
  readonly yes?: boolean | undefined;
}

/**
 * Has the marketplace give the agent of a worker a new key, and stores it, sealed with the store's key, instead of the old
 * one, which is dead from that moment on (adapter page, A8).
 */
export async function rotateKey(terminal: Terminal, worker: string, options: RotateOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const draft = await ConfigFile.read(configurationFile(terminal, options));
  const index = configuration.agents.findIndex((agent) => agent.worker === worker);
  const agent = configuration.agents[index];
  if (agent === undefined) {
    throw new CommandError(
      EXIT.usage,
      `no agent is assigned to worker ${worker}`,
      'List agents with `agrenting-hiclaw agents list`.',
    );
  }
  const keyFile = keyFileOf(configuration, draft, index);
  const warning =
    'Processes with the old key fail from then on. `up` loads the new key automatically; restart other processes.';
  await agreed(terminal, `Rotate the key of ${worker}'s agent? ${warning}`, options.yes === true);

  await rotateKeyIn(configuration, agent, keyFile);
  if (options.json === true) return printJson(terminal, { worker, keyFile });
  terminal.print(`${mark(terminal, 'ok')} the new key is in ${keyFile}, sealed with the store key\n`);
  return terminal.print(
    '\n`up` loads the new key within seconds; restart other processes that use the old one.\n',
  );
}
