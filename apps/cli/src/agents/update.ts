import { changeListing, createRestClient, type ListingChanges } from '@agrenting-hiclaw/core/agrenting';
import { LIMITS } from '@agrenting-hiclaw/core/domain';
import { systemClock } from '@agrenting-hiclaw/runtime';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { loadedConfiguration } from '../configuration/loaded.ts';
import { mark, printJson } from '../terminal/show.ts';
import type { CommonOptions, Terminal } from '../terminal/terminal.ts';
import { namedAgent } from './named-agent.ts';

export interface UpdateOptions extends CommonOptions {
  readonly description?: string | undefined;
  readonly price?: string | undefined;
  readonly capabilities?: string | undefined;
  readonly status?: string | undefined;
}

const PRICE = /^\d{1,9}(\.\d{1,2})?$/;
const STATUSES = ['active', 'inactive', 'draft'];

/** Changes what hirers see of an agent, and reads back that they do. */
export async function updateAgent(terminal: Terminal, name: string, options: UpdateOptions): Promise<void> {
  const changes = changesOf(options);
  const configuration = await loadedConfiguration(terminal, options);
  const client = createRestClient({ baseUrl: configuration.marketplace.baseUrl, clock: systemClock });
  try {
    const { agentId, key } = await namedAgent(configuration, client, name);
    const outcome = await changeListing(client, agentId, key, changes);
    if (outcome.kind === 'not_set') {
      throw new CommandError(
        EXIT.failed,
        outcome.problem,
        'Change it on the dashboard, or try again later. `agents show` prints the current listing.',
      );
    }
    if (options.json === true) return printJson(terminal, { agentId, ...changes });
    terminal.print(`${mark(terminal, 'ok')} the listing of ${agentId} is updated\n`);
    if (changes.status !== undefined && changes.status !== 'active') {
      terminal.print('    Hires that still arrive are accepted. To refuse them, use `agents pause`.\n');
    }
  } finally {
    client.close();
  }
}

function changesOf({ description, price, capabilities, status }: UpdateOptions): ListingChanges {
  const wrong = (problem: string, remedy?: string): CommandError =>
    new CommandError(EXIT.usage, problem, remedy);
  if ([description, price, capabilities, status].every((given) => given === undefined)) {
    throw wrong('nothing to change was given', 'Give --description, --price, --capabilities or --status.');
  }
  const text = description?.trim();
  if (text !== undefined && (text === '' || text.length > LIMITS.agentDescriptionCharacters)) {
    throw wrong(
      `--description is empty or longer than ${LIMITS.agentDescriptionCharacters} characters`,
      'Describe for hirers what the agent does.',
    );
  }
  if (price !== undefined && !PRICE.test(price))
    throw wrong(`--price ${price} must be an amount such as 10.00`);
  if (status !== undefined && !STATUSES.includes(status)) {
    throw wrong(`--status ${status} must be one of: ${STATUSES.join(', ')}`);
  }
  const list = capabilities
    ?.split(',')
    .map((capability) => capability.trim())
    .filter((capability) => capability !== '');
  if (list?.length === 0) throw wrong('--capabilities names none', 'Write them with commas between.');
  return {
    ...(text === undefined ? {} : { description: text }),
    ...(price === undefined ? {} : { basePrice: price }),
    ...(list === undefined ? {} : { capabilities: list }),
    ...(status === undefined ? {} : { status }),
  };
}
