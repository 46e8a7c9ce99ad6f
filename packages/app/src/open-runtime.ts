import { createRestClient, type HiringSource } from '@agrenting-hiclaw/core/agrenting';
import { type AgentId, type Store, StoreError } from '@agrenting-hiclaw/core/domain';
import {
  type Configuration,
  createLogger,
  holderName,
  openLogFile,
  SettingError,
  systemClock,
} from '@agrenting-hiclaw/runtime';
import { EncryptionKey, openStore, type StoreOptions } from '@agrenting-hiclaw/store';
import { startAgents } from './agents.ts';
import { engineSettings } from './engine-settings.ts';
import type { IntakeParts } from './intake.ts';
import { takeOver } from './take-over.ts';

export interface RuntimeOptions {
  /** Of the app, as it appears in logs and leases. */
  readonly name: string;
  readonly configuration: Configuration;
  /** Where the log goes; standard output unless given. */
  readonly logTo?: Parameters<typeof createLogger>[2] | undefined;
  /** Where hirings of an agent can be read besides REST, as long as there is such a place. */
  readonly session: (agentId: AgentId) => HiringSource | undefined;
  /** Told of each transaction of the store. */
  readonly onCommit?: StoreOptions['onCommit'];
}

/**
 * Opens the store, takes over from processes that died, makes the marketplace's client and begins to identify the agents; `parts` closes them in
 * reverse. Rejects with `SettingError` when the store's key is another one, and
 * `StoreError`, with its remedy, when the store cannot be opened otherwise.
 */
export async function openRuntime(
  parts: AsyncDisposableStack,
  { name, configuration, logTo, session, onCommit }: RuntimeOptions,
): Promise<IntakeParts> {
  const { level, file } = configuration.log;
  // A command that prints something of its own says where its log goes.
  const ownFile =
    logTo !== undefined || file === undefined
      ? undefined
      : parts.adopt(openLogFile(file), (opened) => opened.close());
  const log = createLogger(name, level, logTo ?? ownFile);
  const holder = holderName(name);
  const clock = systemClock;
  const random = Math.random;
  const { leaseMs } = engineSettings(configuration, holder);

  const store = parts.adopt(
    openConfiguredStore(configuration, {
      holder,
      onCommit,
      onUnreadable: (hiringId, error) => log.error({ hiringId, error }, 'a stored hiring cannot be read'),
    }),
    async (opened) => await opened.close(),
  );
  await takeOver({ store, leaseMs, log });
  const client = parts.adopt(
    createRestClient({
      baseUrl: configuration.marketplace.baseUrl,
      clock,
      budgets: store.requestBudgets,
    }),
    (made) => made.close(),
  );
  const agents = parts.adopt(
    startAgents({
      agents: configuration.agents,
      via: configuration.settlement.via,
      client,
      clock,
      random,
      log,
      session,
      onTakenAgain(agentId) {
        log.info({ agentId }, 'the marketplace accepts the key again');
        store.hirings.wakeUnread(agentId, clock.nowMs()).catch((error: unknown) => {
          log.warn(
            { agentId, error },
            'the hirings of the agent could not be requeued: they continue a little later',
          );
        });
      },
    }),
    async (started) => await started.close(),
  );
  return { configuration, agents, client, store, holder, leaseMs, clock, random, log };
}

/** A key that does not fit the file is a wrong setting like any other. */
function openConfiguredStore(
  configuration: Configuration,
  told: Pick<StoreOptions, 'holder' | 'onUnreadable' | 'onCommit'>,
): Store {
  const { store } = configuration;
  try {
    const key = EncryptionKey.fromText(store.key.reveal());
    return openStore({ file: store.file, key, ...told });
  } catch (error) {
    if (!(error instanceof StoreError) || error.kind !== 'wrong_key') throw error;
    const { remedy } = error;
    throw new SettingError(
      { where: 'store.key', code: 'wrong_store_key', file: store.file, remedy },
      { cause: error },
    );
  }
}
