import {
  delegate,
  intercept,
  type AttemptRooms,
  type Clock,
  type HiringStore,
  type Manager,
  type Marketplace,
  type Messenger,
  type PortCall,
  type Repositories,
  type ActivityLog,
  type TaskIds,
  type TaskStorage,
  type WorkerDirectory,
  type WorkerLifecycle,
} from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from '@agrenting-hiclaw/engine';
import { inTrace } from './call-in-trace.ts';
import type { CrashPoints } from './crash-points.ts';
import type { Place } from './outside/place.ts';

/** What lies outside of a process. */
export interface Outside {
  readonly hirings: HiringStore;
  readonly activities: ActivityLog;
  readonly marketplace: Marketplace;
  readonly messenger: Messenger;
  readonly rooms: AttemptRooms;
  readonly storage: TaskStorage;
  readonly repositories: Repositories;
  readonly lifecycle: WorkerLifecycle;
  readonly manager: Manager;
  readonly directory: WorkerDirectory;
  /** How long a request to a place waits for an answer that does not come; 0 where it comes. */
  readonly silenceMs: (place: Place) => number;
}

/** Calls to the store that leave nothing to later turns of the event loop. */
const LOOKS: ReadonlySet<string> = new Set<keyof HiringStore | keyof ActivityLog>([
  'isPaused',
  'nextDueAtMs',
  'find',
  'history',
  'queueStats',
  'position',
  'syncedUntilMs',
  'listenedMs',
  'since',
  'latest',
]);

/** The ports of one process, every call of them through its boundary. */
export function guardPorts(
  crashPoints: CrashPoints,
  outside: Outside,
  time: Pick<Clock, 'nowMs' | 'elapsedMs'>,
  random: () => number,
  taskIds: TaskIds,
): EnginePorts & { readonly repositories: Repositories } {
  const guarded = <Port extends object>(port: Port, place?: Place): Port =>
    intercept(port, async (call) => {
      const silenceMs = place === undefined ? 0 : outside.silenceMs(place);
      return await crashPoints.cross('port', nameOf(call), call.proceed, inTrace, silenceMs);
    });
  const stored = <Port extends object>(port: Port): Port =>
    intercept(port, async (call) => {
      const kind = LOOKS.has(call.method) ? 'look' : 'write';
      return await crashPoints.cross(kind, nameOf(call), call.proceed, inTrace);
    });
  return {
    clock: { ...time, sleep: async (waitMs, signal) => await crashPoints.sleep(waitMs, signal) },
    random,
    taskIds,
    store: delegate(stored(outside.hirings), {
      onChange: (listener) => {
        const stop = outside.hirings.onChange(() => {
          if (crashPoints.alive) listener();
        });
        crashPoints.onDeath(stop);
        return stop;
      },
    }),
    activities: stored(outside.activities),
    marketplace: guarded(outside.marketplace, 'marketplace'),
    messenger: guarded(outside.messenger, 'homeserver'),
    rooms: guarded(outside.rooms, 'homeserver'),
    storage: guarded(outside.storage, 'storage'),
    repositories: guarded(outside.repositories, 'git'),
    lifecycle: guarded(outside.lifecycle),
    manager: guarded(outside.manager, 'homeserver'),
    directory: guarded(outside.directory),
  };
}

function nameOf({ method, given }: PortCall): string {
  return [method, ...given.map(inTrace)].filter((word) => word !== '').join(' ');
}
