import { dirname, join } from 'node:path';
import {
  createRestClient,
  registerAgent,
  type BaseUrl,
  type NewAgent,
} from '@agrenting-hiclaw/core/agrenting';
import type { Secret } from '@agrenting-hiclaw/core/domain';
import { seal, systemClock } from '@agrenting-hiclaw/runtime';
import type { ConfigFile } from '../configuration/config-file.ts';
import { readSecretFile } from '../configuration/secret-file.ts';
import { ReservedSecretFile, secretsLeftBeside } from '../configuration/reserved-secret-file.ts';
import { OperationError } from '../operation-error.ts';

export interface Offer {
  readonly draft: ConfigFile;
  readonly baseUrl: BaseUrl;
  /** The owner's. */
  readonly userToken: Secret;
  readonly worker: string;
  readonly agent: NewAgent;
  /** As it is without one, for a key that is lost is worse than one in clear. */
  readonly storeKey: Secret | undefined;
}

export interface RegisteredWorker {
  readonly agentId: string;
  readonly keyFile: string;
}

/** Where the key of a worker's agent is kept. Throws `OperationError` when it is offered already. */
export async function newKeyFile(draft: ConfigFile, worker: string, force: boolean): Promise<string> {
  const keyFile = join(dirname(draft.file), 'agents', `${worker}.key`);
  // A second registration is a second agent, and its worker would do the work of both.
  if ((await hasKey(keyFile)) && !force) {
    throw new OperationError('exists', `${worker} is registered already: its agent's key is in ${keyFile}`, {
      code: 'worker_registered',
    });
  }
  return keyFile;
}

/**
 * Offers a worker on the marketplace: registers an agent under the owner's user token, keeps its key in a file of its
 * own, and adds it to the configuration (Agrenting API reference, 4.1; adapter page, A1 to A5).
 */
export async function registerWorker(
  { draft, baseUrl, userToken, worker, agent, storeKey }: Offer,
  keyFile: string,
): Promise<RegisteredWorker> {
  const reserved = await ReservedSecretFile.reserve(await freeKeyFile(keyFile));
  const client = createRestClient({ baseUrl, clock: systemClock });
  try {
    // It has to name the new agent: prove first that it can be written.
    await draft.save();
    const outcome = await registerAgent(client, userToken, agent);
    switch (outcome.kind) {
      case 'registered':
        break;
      case 'refused':
        throw new OperationError('refused', outcome.problem, {
          remedy: 'Nothing was registered. Correct what the marketplace refuses.',
        });
      case 'unavailable':
        throw new OperationError('unavailable', outcome.problem, {
          remedy: 'Nothing was registered. Try again later.',
        });
      case 'unknown': {
        const kept =
          outcome.evidence === undefined ? undefined : await reserved.keepAnswer(outcome.evidence.reveal());
        const answer = kept === undefined ? '' : `The answer is in ${kept}. `;
        throw new OperationError('unknown', outcome.problem, {
          remedy: `${answer}Check on the dashboard whether the agent exists before you try again.`,
        });
      }
    }
    const sealed = storeKey === undefined ? outcome.key.reveal() : seal(outcome.key, storeKey);
    await reserved.keep(sealed);
    const agents = draft.value('agents');
    const index = Array.isArray(agents) ? agents.length : 0;
    if (index === 0) draft.set(['agents'], []);
    draft.set(['agents', index], { id: outcome.agentId, keyFile: reserved.file, worker });
    notePublicUrl(draft, agent.callbackUrl);
    await draft.save().catch((cause: unknown) => {
      throw new OperationError(
        'unknown',
        `agent ${outcome.agentId} is registered, but ${draft.file} could not be written`,
        {
          remedy: `Add it there, under agents: { id: ${outcome.agentId}, keyFile: ${reserved.file}, worker: ${worker} }`,
          cause,
        },
      );
    });
    return { agentId: outcome.agentId, keyFile: reserved.file };
  } finally {
    client.close();
    await reserved.release();
  }
}

/** What is already there is the key of an earlier agent of the same worker, and stays. */
async function freeKeyFile(keyFile: string): Promise<string> {
  let file = keyFile;
  for (let number = 2; await hasKey(file); number += 1) {
    file = keyFile.replace(/\.key$/, `-${number}.key`);
  }
  return file;
}

/** Whether a key is there, or lies beside it where an earlier run could not move it. */
async function hasKey(file: string): Promise<boolean> {
  return (await readSecretFile(file)) !== undefined || (await secretsLeftBeside(file)).length > 0;
}

/** The operator's own word for where the bridge is reached; a later listing may name any address. */
function notePublicUrl(draft: ConfigFile, callbackUrl: string | undefined): void {
  if (callbackUrl === undefined || draft.text('webhook', 'publicUrl') !== undefined) return;
  draft.set(['webhook', 'publicUrl'], new URL(callbackUrl).origin);
}
