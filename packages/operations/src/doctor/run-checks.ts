import { inQuotes } from '@agrenting-hiclaw/core/domain';
import { createRestClient } from '@agrenting-hiclaw/core/agrenting';
import {
  createDirectory,
  createHomeserver,
  createObjectStore,
  PROFILES,
  type ObjectStore,
} from '@agrenting-hiclaw/hiclaw';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { alertChecks } from './alert-checks.ts';
import { failed, type Check, type Finding } from './check.ts';
import { hiclawChecks } from './hiclaw-checks.ts';
import { createListings } from './listing.ts';
import { machineChecks } from './machine-checks.ts';
import { marketplaceChecks } from './marketplace-checks.ts';
import type { PrivateFile } from './private-files.ts';
import { webhookChecks } from './webhook-checks.ts';
import { workChecks } from './work-checks.ts';

export interface Examination {
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration file, and the files that it or the environment names for secrets. */
  readonly privateFiles: readonly PrivateFile[];
  /** Whether workers may be started to see whether they can be. */
  readonly start: boolean;
  /** The storage with the owner's rights, where they were given. */
  readonly settings?: Pick<ObjectStore, 'get'> | undefined;
  readonly stop: AbortSignal;
  /** Told of each check when it was made. */
  note(name: string, finding: Finding): void;
}

/** Looks at everything that has to be right for a hiring to be done and paid, one after the other. */
export async function runChecks(examination: Examination): Promise<void> {
  const parts = new AsyncDisposableStack();
  try {
    for (const check of await checksOf(parts, examination)) {
      if (examination.stop.aborted) return;
      const found = await check
        .look()
        .catch((error: unknown) =>
          failed(`the check failed: ${inQuotes(describe(error))}`, 'Fix the error that it names.'),
        );
      examination.note(check.name, found);
    }
  } finally {
    await parts.disposeAsync();
  }
}

async function checksOf(
  parts: AsyncDisposableStack,
  { configuration, environment, privateFiles, start, settings }: Examination,
): Promise<readonly Check[]> {
  const { matrix } = configuration;
  const client = parts.adopt(
    createRestClient({ baseUrl: configuration.marketplace.baseUrl, clock: systemClock }),
    (made) => made.close(),
  );
  const homeserver = parts.adopt(
    createHomeserver({
      url: matrix.homeserverUrl,
      userId: matrix.userId,
      accessToken: matrix.accessToken,
    }),
    (made) => made.close(),
  );
  const store = parts.adopt(
    createObjectStore({
      ...configuration.storage,
      bucket: configuration.storage.bucket ?? PROFILES[configuration.hiclaw.profile].bucket,
    }),
    (made) => made.close(),
  );
  const directory = createDirectory({
    workers: configuration.workers.list,
    agents: new Map(),
    registryPath: configuration.workers.registryFile,
    rooms: { policy: matrix.rooms, ourUserId: matrix.userId, store, watched: matrix.watchers.length > 0 },
  });
  const workers = await directory.workers();
  const listingOf = createListings(client);
  return [
    ...machineChecks(configuration, privateFiles),
    ...marketplaceChecks(configuration, client, listingOf),
    ...webhookChecks(configuration, listingOf),
    ...hiclawChecks({
      configuration,
      environment,
      homeserver,
      store,
      directory,
      workers,
      start,
      settings: settings ?? store,
    }),
    ...workChecks(configuration, workers, store),
    ...alertChecks(configuration, homeserver, workers),
  ];
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
