import type {
  HiringId,
  HiringRecord,
  Readiness,
  State,
  ListPosition,
  Store,
} from '@agrenting-hiclaw/core/domain';
import {
  createDirectory,
  createHomeserver,
  createLifecycle,
  createObjectStore,
  PROFILES,
  verifyInWorkerRoom,
  type ClosableLifecycle,
  type MappedWorker,
  type Verification,
} from '@agrenting-hiclaw/hiclaw';
import { type Configuration, lifecycleOf, systemClock } from '@agrenting-hiclaw/runtime';
import { OperationError } from './operation-error.ts';

/** The map of workers, from the configuration and the Manager's registry. */
export async function mapOf(
  configuration: Configuration,
): Promise<{ readonly workers: readonly MappedWorker[]; readonly problems: readonly string[] }> {
  const { storage, hiclaw, matrix } = configuration;
  const store = createObjectStore({ ...storage, bucket: storage.bucket ?? PROFILES[hiclaw.profile].bucket });
  const directory = createDirectory({
    workers: configuration.workers.list,
    agents: new Map(),
    registryPath: configuration.workers.registryFile,
    rooms: { policy: matrix.rooms, ourUserId: matrix.userId, store, watched: matrix.watchers.length > 0 },
  });
  const map = { workers: await directory.workers(), problems: await directory.problems() };
  store.close();
  return map;
}

/** The worker of that name; throws `OperationError` for none. */
export async function workerOf(configuration: Configuration, name: string): Promise<MappedWorker> {
  const { workers } = await mapOf(configuration);
  const worker = workers.find((each) => each.name === name);
  if (worker !== undefined) return worker;
  throw new OperationError('not_found', `no such worker: ${name}`, {
    remedy: `Workers: ${workers.map((each) => each.name).join(', ') || 'none'}.`,
  });
}

export type StartWorker = (lifecycle: ClosableLifecycle, worker: MappedWorker) => Promise<Readiness>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Has a worker started by the configured way; throws `OperationError` when it does not start. */
export async function startWorkerOf(
  configuration: Pick<Configuration, 'lifecycle'>,
  environment: Environment,
  worker: MappedWorker,
  how: StartWorker,
): Promise<Exclude<Readiness, { kind: 'failed' }>> {
  return await byLifecycle(configuration, environment, async (lifecycle) => {
    const readiness = await how(lifecycle, worker);
    if (readiness.kind === 'failed') {
      throw new OperationError('refused', readiness.problem, {
        remedy: 'Check its log, and lifecycle in the configuration: `doctor --start` tests it.',
      });
    }
    return readiness;
  });
}

/** What the stop of a worker means for the hirings that it has. */
export interface StoppedWorker {
  /** Open hirings that it was told of and has not delivered; at most 200 of each state. */
  readonly interrupts: readonly HiringId[];
  /** Whether the adapter restarts it automatically, because an open hiring is to be handed to it or answered by it. */
  readonly startsAgain: boolean;
}

/** States in which the engine sees to it that the worker runs. */
const NEEDS_WORKER = ['confirmed', 'staged', 'sent', 'acknowledged'] as const;
const MAX_OF_A_STATE = 200;

/** Has a worker stopped by the configured way; throws `OperationError` when it is not. What it is at is lost to it. */
export async function stopWorkerOf(
  configuration: Pick<Configuration, 'lifecycle'>,
  environment: Environment,
  store: Pick<Store, 'find'>,
  worker: MappedWorker,
): Promise<StoppedWorker> {
  return await byLifecycle(configuration, environment, async (lifecycle) => {
    const held = async (state: State): Promise<readonly HiringRecord[]> => {
      const records: HiringRecord[] = [];
      let after: ListPosition | undefined;
      do {
        const limit = MAX_OF_A_STATE - records.length;
        // A page may be empty although there are more: others may have very many.
        const page = await store.find({ state, worker: worker.name, after, limit });
        records.push(...page.hirings.map(({ record }) => record));
        after = page.next;
      } while (after !== undefined && records.length < MAX_OF_A_STATE);
      return records;
    };
    const needing = (await Promise.all(NEEDS_WORKER.map(held))).flat();
    const open = [...needing, ...(await held('attention'))];
    const stopped = await lifecycle.stop(worker);
    if (stopped.kind === 'failed') {
      throw new OperationError('refused', stopped.problem, {
        remedy: 'Stop it manually, or check lifecycle in the configuration.',
      });
    }
    return {
      interrupts: open.filter((record) => isAtWorker(record)).map(({ hiringId }) => hiringId),
      startsAgain: needing.length > 0,
    };
  });
}

/** Whether its worker was told of it and has not delivered. */
function isAtWorker({ attempt }: HiringRecord): boolean {
  const { messages = [], accepted } = attempt?.progress ?? {};
  return messages.length > 0 && accepted === undefined;
}

async function byLifecycle<Outcome>(
  { lifecycle }: Pick<Configuration, 'lifecycle'>,
  environment: Environment,
  run: (lifecycle: ClosableLifecycle) => Promise<Outcome>,
): Promise<Outcome> {
  if (lifecycle.driver === 'none') {
    throw new OperationError(
      'misconfigured',
      'lifecycle.driver is none: the adapter cannot start or stop workers',
      { remedy: 'Set lifecycle.driver and command.' },
    );
  }
  const opened = createLifecycle(lifecycleOf(lifecycle, environment));
  try {
    return await run(opened);
  } finally {
    opened.close();
  }
}

/** Says something to a worker in its own room and waits for activity in answer; costs one answer of its model. */
export async function ping(
  configuration: Configuration,
  worker: MappedWorker,
  patienceMs: number,
): Promise<Verification> {
  const homeserver = homeserverOf(configuration);
  try {
    return await verifyInWorkerRoom({ homeserver, clock: systemClock, worker, patienceMs });
  } finally {
    homeserver.close();
  }
}

/** Our account at the homeserver; the caller that opens it closes it. */
export function homeserverOf({ matrix }: Pick<Configuration, 'matrix'>) {
  return createHomeserver({
    url: matrix.homeserverUrl,
    userId: matrix.userId,
    accessToken: matrix.accessToken,
  });
}
