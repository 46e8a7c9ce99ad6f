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
import type { Check, Finding } from './check.ts';
import { Dependencies } from './dependencies.ts';
import { hiclawChecks } from './hiclaw-checks.ts';
import { createListings } from './listing.ts';
import { machineChecks } from './machine-checks.ts';
import { marketplaceChecks } from './marketplace-checks.ts';
import type { PrivateFile } from './private-files.ts';
import { webhookChecks } from './webhook-checks.ts';
import { workChecks } from './work-checks.ts';

/** Checks wait for other systems, not for this machine. */
const AT_ONCE = 32;

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

/**
 * Looks at everything that has to be right for a hiring to be done and paid: side by side, and noted in the order of the
 * checks. What asks a system that does not answer is not made, so that one cause is one failure. Rejects when it is stopped.
 */
export async function runChecks(examination: Examination): Promise<void> {
  const { configuration, stop } = examination;
  const parts = new AsyncDisposableStack();
  try {
    const checks = await checksOf(parts, examination);
    const dependencies = new Dependencies(configuration);
    const findings = new Map<Check, Finding>();
    let noted = 0;
    const all = eachOf(checks, AT_ONCE, async (check) => {
      if (stop.aborted) return;
      findings.set(check, await dependencies.made(check));
      if (stop.aborted) return;
      for (let next = checks[noted]; next !== undefined; next = checks[noted]) {
        const finding = findings.get(next);
        if (finding === undefined) break;
        noted += 1;
        examination.note(next.name, finding);
      }
    });
    await Promise.race([all, whenAborted(stop)]);
  } finally {
    await parts.disposeAsync();
  }
}

async function whenAborted(signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Runs a function for each, so many at once, the first ones first. */
async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
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
