import { createRestClient, parseBaseUrl, rotateAgentKey } from '@agrenting-hiclaw/core/agrenting';
import { seal, systemClock } from '@agrenting-hiclaw/runtime';
import { Draft } from '../configuration/draft.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { writeSecretFile } from '../configuration/secret-file.ts';
import { writeWhole } from '../configuration/write-whole.ts';
import { confirmed } from '../terminal/ask.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { mark, printJson } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';

export interface RotateOptions extends CommonOptions {
  readonly yes?: boolean | undefined;
}

/**
 * Has the marketplace give the agent of a worker a new key, and keeps it, sealed with the store's key, in the place of the old
 * one, which is dead from that moment on (adapter page, A8).
 */
export async function rotateKey(terminal: Terminal, worker: string, options: RotateOptions): Promise<void> {
  const configuration = await loadedConfiguration(terminal, options);
  const draft = await Draft.read(configurationFile(terminal, options));
  const index = configuration.agents.findIndex((agent) => agent.worker === worker);
  const agent = configuration.agents[index];
  const keyFile = draft.text('agents', index, 'keyFile');
  if (agent === undefined) {
    throw new CommandError(
      EXIT.usage,
      `no agent has ${worker} do its work`,
      'See `agrenting-hiclaw agents list`.',
    );
  }
  if (keyFile === undefined) {
    throw new CommandError(
      EXIT.usage,
      `the key of ${worker}'s agent is in no file of its own`,
      `Put it into a file of mode 600, and write agents.${index}.keyFile in the place of key.`,
    );
  }
  const warning = 'What runs with the old key fails from then on, until it is started again.';
  if (!(await confirmed(terminal, `Rotate the key of ${worker}'s agent? ${warning}`, options.yes === true)))
    return;

  const parsed = parseBaseUrl(configuration.marketplace.baseUrl);
  if (parsed.kind !== 'valid') throw new CommandError(EXIT.usage, parsed.problem);
  const client = createRestClient({ baseUrl: parsed.baseUrl, clock: systemClock });
  try {
    const outcome = await rotateAgentKey(client, agent.key);
    switch (outcome.kind) {
      case 'rotated':
        await writeWhole(keyFile, `${seal(outcome.key, configuration.store.key)}\n`);
        break;
      case 'refused':
        throw new CommandError(EXIT.failed, outcome.problem, 'The old key is as good as before.');
      case 'unavailable':
        throw new CommandError(EXIT.unavailable, outcome.problem, 'Nothing was changed: try again later.');
      case 'unknown': {
        const kept = `${keyFile}.answer-${Date.now()}.txt`;
        if (outcome.evidence !== undefined) await writeSecretFile(kept, outcome.evidence.reveal());
        throw new CommandError(
          EXIT.unavailable,
          outcome.problem,
          `${outcome.evidence === undefined ? '' : `The answer is in ${kept}. `}Run doctor to see whether the old key is still good; if not, make a new one on the dashboard and put it into ${keyFile}.`,
        );
      }
    }
  } finally {
    client.close();
  }
  if (options.json === true) return printJson(terminal, { worker, keyFile });
  terminal.print(`${mark(terminal, 'ok')} the new key is in ${keyFile}, sealed with the key of the store\n`);
  return terminal.print('\nNext: start again what runs with the old one.\n');
}
