import { createRestClient, parseBaseUrl, rotateAgentKey } from '@agrenting-hiclaw/core/agrenting';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { isSealed, seal, systemClock, unseal, type Configuration } from '@agrenting-hiclaw/runtime';
import type { ConfigFile } from '../configuration/config-file.ts';
import { readSecretFile } from '../configuration/secret-file.ts';
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
  await checkKeyIn(keyFile, agent.key, configuration.store.key);
  const reserved = await ReservedSecretFile.reserve(keyFile);
  const client = createRestClient({ baseUrl: parsed.baseUrl, clock: systemClock });
  try {
    const outcome = await rotateAgentKey(client, agent.key);
    switch (outcome.kind) {
      case 'rotated':
        await reserved.keep(seal(outcome.key, configuration.store.key));
        break;
      case 'refused':
        throw new OperationError('refused', outcome.problem, { remedy: 'Nothing was changed.' });
      case 'unavailable':
        throw new OperationError('unavailable', outcome.problem, {
          remedy: 'Nothing was changed. Try again later.',
        });
      case 'unknown': {
        const kept =
          outcome.evidence === undefined ? undefined : await reserved.keepAnswer(outcome.evidence.reveal());
        throw new OperationError('unknown', outcome.problem, {
          remedy: `${kept === undefined ? '' : `The answer is in ${kept}. `}Run doctor to check whether the old key is still valid; if not, create a new key on the dashboard and write it to ${keyFile}.`,
        });
      }
    }
  } finally {
    client.close();
    await reserved.release();
  }
}

/** The key in use may come from a variable, or from `key`: its successor then does not belong into this file. */
async function checkKeyIn(keyFile: string, key: Secret, storeKey: Secret): Promise<void> {
  const text = (await readSecretFile(keyFile)) ?? '';
  const inFile = isSealed(text) ? unseal(text, storeKey) : text;
  if (inFile === key.reveal()) return;
  throw new OperationError('misconfigured', `the key in use is not the one in ${keyFile}`, {
    remedy:
      'It comes from AGRENTING_API_KEY, or from agents[].key beside keyFile, or the file was changed since the start. Remove the other one, or restart, then try again.',
  });
}
