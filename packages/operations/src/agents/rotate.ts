import { createRestClient, parseBaseUrl, rotateAgentKey } from '@agrenting-hiclaw/core/agrenting';
import { seal, systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import type { ConfigFile } from '../configuration/config-file.ts';
import { writeSecretFile } from '../configuration/secret-file.ts';
import { ReservedSecretFile } from '../configuration/reserved-secret-file.ts';
import { OperationError } from '../operation-error.ts';

/** The file that holds the key of an agent; throws `OperationError` where it is in none of its own. */
export function keyFileOf(configuration: Configuration, draft: ConfigFile, index: number): string {
  const keyFile = draft.text('agents', index, 'keyFile');
  if (keyFile !== undefined) return keyFile;
  const worker = configuration.agents[index]?.worker ?? `agents.${index}`;
  throw new OperationError('misconfigured', `the key of ${worker}'s agent is not in its own file`, {
    remedy: `Write it to a file of mode 600, and set agents.${index}.keyFile instead of key.`,
  });
}

/**
 * Has the marketplace give an agent a new key, and stores it, sealed with the store's key, instead of the old one, which
 * is dead from that moment on (adapter page, A8). The file is reserved first: a key that cannot be written is not asked for.
 * Throws `OperationError` when there is no new key.
 */
export async function rotateKeyIn(
  configuration: Configuration,
  agent: Configuration['agents'][number],
  keyFile: string,
): Promise<void> {
  const parsed = parseBaseUrl(configuration.marketplace.baseUrl);
  if (parsed.kind !== 'valid') throw new OperationError('misconfigured', parsed.problem);
  const reserved = await ReservedSecretFile.reserve(keyFile);
  const client = createRestClient({ baseUrl: parsed.baseUrl, clock: systemClock });
  let isKept = false;
  const keep = async (secret: string): Promise<void> => {
    isKept = true;
    await reserved.keep(secret);
  };
  try {
    const outcome = await rotateAgentKey(client, agent.key);
    switch (outcome.kind) {
      case 'rotated':
        await keep(seal(outcome.key, configuration.store.key));
        break;
      case 'refused':
        throw new OperationError('refused', outcome.problem, { remedy: 'The old key is still valid.' });
      case 'unavailable':
        throw new OperationError('unavailable', outcome.problem, {
          remedy: 'Nothing was changed. Try again later.',
        });
      case 'unknown': {
        const kept = `${keyFile}.answer-${Date.now()}.txt`;
        if (outcome.evidence !== undefined) await writeSecretFile(kept, outcome.evidence.reveal());
        throw new OperationError('unknown', outcome.problem, {
          remedy: `${outcome.evidence === undefined ? '' : `The answer is in ${kept}. `}Run doctor to check whether the old key is still valid; if not, create a new key on the dashboard and write it to ${keyFile}.`,
        });
      }
    }
  } finally {
    client.close();
    if (!isKept) await reserved.release();
  }
}
