import { randomUUID } from 'node:crypto';
import type { HiringRecord, Readiness } from '@agrenting-hiclaw/core/domain';
import {
  answerGuard,
  createDirectory,
  createHomeserver,
  createLifecycle,
  createObjectStore,
  PROFILES,
  proveInWorkerRoom,
  type ClosableLifecycle,
  type MappedWorker,
  type Proof,
} from '@agrenting-hiclaw/hiclaw';
import { systemClock, type Configuration } from '@agrenting-hiclaw/runtime';
import { lifecycleOf } from '../hiclaw.ts';
import { CommandError, EXIT } from './exit-codes.ts';

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

/** The worker of that name; throws `CommandError` for none. */
export async function workerOf(configuration: Configuration, name: string): Promise<MappedWorker> {
  const { workers } = await mapOf(configuration);
  const worker = workers.find((each) => each.name === name);
  if (worker !== undefined) return worker;
  throw new CommandError(
    EXIT.usage,
    `there is no worker ${name}`,
    `There are ${workers.map((each) => each.name).join(', ') || 'none'}.`,
  );
}

export type TurnOn = (lifecycle: ClosableLifecycle, worker: MappedWorker) => Promise<Readiness>;

/** Has a worker started by the configured way; throws `CommandError` when it does not start. */
export async function turnOn(
  { lifecycle }: Pick<Configuration, 'lifecycle'>,
  environment: Readonly<Record<string, string | undefined>>,
  worker: MappedWorker,
  how: TurnOn,
): Promise<Exclude<Readiness, { kind: 'failed' }>> {
  if (lifecycle.driver === 'none') {
    throw new CommandError(
      EXIT.usage,
      'lifecycle.driver is none: nobody starts workers here',
      'Set lifecycle.driver and command.',
    );
  }
  const starter = createLifecycle(lifecycleOf(lifecycle, environment));
  try {
    const readiness = await how(starter, worker);
    if (readiness.kind === 'failed') throw new CommandError(EXIT.failed, readiness.problem);
    return readiness;
  } finally {
    starter.close();
  }
}

/** Says something to a worker in its own room and waits for a sign that it heard; costs one answer of its model. */
export async function nudge(
  configuration: Configuration,
  worker: MappedWorker,
  patienceMs: number,
): Promise<Proof> {
  const homeserver = homeserverOf(configuration);
  try {
    return await proveInWorkerRoom({ homeserver, clock: systemClock, worker, patienceMs });
  } finally {
    homeserver.close();
  }
}

/** Tells the worker of a hiring whether it may run the command that it asked about; gives its name. */
export async function answerWorker(
  configuration: Configuration,
  { state, attempt, hiringId }: HiringRecord,
  answer: 'yes' | 'no',
): Promise<string> {
  const worker = attempt?.progress.worker;
  if (state !== 'attention' || worker === undefined) {
    throw new CommandError(EXIT.failed, `${hiringId} is ${state}: its worker asks nothing`);
  }
  const homeserver = homeserverOf(configuration);
  try {
    const outcome = await answerGuard(homeserver, worker, answer, `guard-${randomUUID()}`);
    if (outcome.kind === 'failed') throw new CommandError(EXIT.unavailable, outcome.problem);
    return worker.name;
  } finally {
    homeserver.close();
  }
}

/** Our account at the homeserver; whoever opens it closes it. */
export function homeserverOf({ matrix }: Pick<Configuration, 'matrix'>) {
  return createHomeserver({
    url: matrix.homeserverUrl,
    userId: matrix.userId,
    accessToken: matrix.accessToken,
  });
}
