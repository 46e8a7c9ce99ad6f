import { createRestClient } from '@agrenting-hiclaw/core/agrenting';
import {
  createDirectory,
  createHomeserver,
  createObjectStore,
  PROFILES,
  type ObjectStore,
} from '@agrenting-hiclaw/hiclaw';
import { loadConfiguration, systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { Draft } from '../configuration/draft.ts';
import { configurationEnvironment } from '../configuration/loaded.ts';
import { storageAdminOf, type StorageOwnerOptions } from '../setup/storage-owner.ts';
import { CommandError, EXIT } from '../terminal/exit-codes.ts';
import { mark, printJson } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';
import { alertChecks } from './alert-checks.ts';
import { failed, ok, type Check, type Finding } from './check.ts';
import { hiclawChecks } from './hiclaw-checks.ts';
import { createListings } from './listing.ts';
import { machineChecks } from './machine-checks.ts';
import { webhookChecks } from './webhook-checks.ts';
import { workChecks } from './work-checks.ts';
import { marketplaceChecks } from './marketplace-checks.ts';

export interface DoctorOptions extends CommonOptions, StorageOwnerOptions {
  readonly start?: boolean | undefined;
}

interface Result {
  readonly name: string;
  readonly finding: Finding;
}

/** Looks at everything that has to be right for a hiring to be done and paid, and says of each what to do. */
export async function doctor(terminal: Terminal, options: DoctorOptions): Promise<void> {
  const results: Result[] = [];
  const note = (name: string, finding: Finding): void => {
    results.push({ name, finding });
    if (options.json !== true) printFinding(terminal, name, finding);
  };
  const loaded = await loadConfiguration(configurationEnvironment(terminal, options));
  if (loaded.kind === 'problems') {
    for (const { where, what, remedy } of loaded.problems)
      note('configuration', failed(`${where} ${what}`, remedy));
  } else {
    note('configuration', ok('every setting is there and of the right form'));
    await examine(terminal, options, loaded.configuration, note);
  }

  const count = (status: Finding['status']): number =>
    results.filter(({ finding }) => finding.status === status).length;
  const [failures, warnings, skippedChecks] = [count('failed'), count('warning'), count('skipped')];
  if (options.json === true) {
    const checks = results.map(({ name, finding }) => Object.assign({ name }, finding));
    printJson(terminal, { checks, failed: failures, warnings, skipped: skippedChecks });
  } else {
    terminal.print(
      `\n${count('ok')} in order, ${warnings} warnings, ${failures} failed, ${skippedChecks} not looked at\n`,
    );
  }
  if (failures > 0) {
    throw new CommandError(
      loaded.kind === 'problems' ? EXIT.usage : EXIT.failed,
      `${failures} checks failed`,
    );
  }
}

async function examine(
  terminal: Terminal,
  options: DoctorOptions,
  configuration: Configuration,
  note: (name: string, finding: Finding) => void,
): Promise<void> {
  const parts = new AsyncDisposableStack();
  try {
    await examineWith(parts, terminal, options, configuration, note);
  } finally {
    await parts.disposeAsync();
  }
}

async function examineWith(
  parts: AsyncDisposableStack,
  terminal: Terminal,
  options: DoctorOptions,
  configuration: Configuration,
  note: (name: string, finding: Finding) => void,
): Promise<void> {
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
  const checks: readonly Check[] = [
    ...machineChecks(configuration, await keyFiles(terminal, options)),
    ...marketplaceChecks(configuration, client, listingOf),
    ...webhookChecks(configuration, listingOf),
    ...hiclawChecks({
      configuration,
      environment: terminal.environment,
      homeserver,
      store,
      directory,
      workers,
      start: options.start === true,
      settings: (await ownersEyes(terminal, options)) ?? store,
    }),
    ...workChecks(configuration, workers, store),
    ...alertChecks(configuration, homeserver, workers),
  ];
  for (const check of checks) {
    if (terminal.stop.aborted) return;
    note(
      check.name,
      await check.look().catch((error: unknown) => failed(describe(error), 'Look at what it names.')),
    );
  }
}

/** The storage with the owner's rights, where they were given. */
async function ownersEyes(
  terminal: Terminal,
  options: DoctorOptions,
): Promise<Pick<ObjectStore, 'get'> | undefined> {
  if (options.mc === undefined) return undefined;
  const draft = await Draft.read(configurationFile(terminal, options));
  const owner = storageAdminOf(terminal, draft, options);
  if (owner === undefined) return undefined;
  return {
    async get(key) {
      const read = await owner.read(key);
      return read.kind === 'done'
        ? { kind: 'object', bytes: Buffer.from(read.output) }
        : { kind: 'refused', problem: read.problem };
    },
  };
}

/** The files that the configuration names for secrets. */
async function keyFiles(terminal: Terminal, options: CommonOptions): Promise<readonly string[]> {
  const draft = await Draft.read(configurationFile(terminal, options)).catch(() => undefined);
  if (draft === undefined) return [];
  const agents = draft.value('agents');
  const indexes = Array.isArray(agents) ? [...agents.keys()] : [];
  const named = [
    draft.text('store', 'keyFile'),
    draft.text('matrix', 'accessTokenFile'),
    draft.text('storage', 'secretKeyFile'),
    draft.text('marketplace', 'userTokenFile'),
    draft.text('alerts', 'webhookSecretFile'),
    ...indexes.map((index) => draft.text('agents', index, 'keyFile')),
  ];
  return named.flatMap((file) => file ?? []);
}

function printFinding(terminal: Terminal, name: string, finding: Finding): void {
  terminal.print(`${mark(terminal, finding.status)} ${name}: ${finding.detail}\n`);
  if ('remedy' in finding) terminal.print(`    ${finding.remedy}\n`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
