import type {
  AttemptRooms,
  Clock,
  HiringStore,
  Manager,
  Marketplace,
  Messenger,
  Repositories,
  ActivityLog,
  TaskIds,
  TaskStorage,
  WorkerDirectory,
  WorkerLifecycle,
} from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from '@agrenting-hiclaw/engine';
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

const kindOf = ({ kind }: { readonly kind: string }): string => kind;
const listed = (list: readonly unknown[]): string => String(list.length);
const said = (value: unknown): string => String(value);

/** The last characters of an id tell hirings of one run apart. */
export const short = (id: string): string => id.slice(-4);

/** The ports of one process, everything of it through its boundary. */
export function guardPorts(
  crashPoints: CrashPoints,
  outside: Outside,
  time: Pick<Clock, 'nowMs' | 'elapsedMs'>,
  random: () => number,
  taskIds: TaskIds,
): EnginePorts & { readonly repositories: Repositories } {
  const { marketplace, messenger, rooms, storage, repositories, lifecycle, manager, directory } = outside;
  const clock: Clock = {
    ...time,
    sleep: async (waitMs, signal) => await crashPoints.sleep(waitMs, signal),
  };
  const port = async <T>(
    place: Place | undefined,
    call: string,
    effect: () => Promise<T>,
    describe?: (outcome: T) => string,
  ): Promise<T> =>
    await crashPoints.cross(
      'port',
      call,
      effect,
      describe,
      place === undefined ? 0 : outside.silenceMs(place),
    );
  return {
    clock,
    random,
    taskIds,
    store: guardHirings(crashPoints, outside.hirings),
    activities: guardActivity(crashPoints, outside.activities),
    marketplace: {
      readHiring: async (agentId, id, ask) =>
        await port(
          'marketplace',
          `read ${short(id)}`,
          async () => await marketplace.readHiring(agentId, id, ask),
          (read) =>
            read.kind === 'found' ? `${read.hiring.status} ${read.hiring.marker.traceAttempt}` : read.kind,
        ),
      settle: async (agentId, id, settlement) =>
        await port(
          'marketplace',
          `settle ${short(id)} ${settlement.endpoint} g${settlement.generation}`,
          async () => await marketplace.settle(agentId, id, settlement),
          kindOf,
        ),
      upload: async (agentId, id, artifacts) =>
        await port(
          'marketplace',
          `upload ${short(id)} ${artifacts.length}`,
          async () => await marketplace.upload(agentId, id, artifacts),
          kindOf,
        ),
      artifacts: async (agentId, id) =>
        await port(
          'marketplace',
          `artifacts ${short(id)}`,
          async () => await marketplace.artifacts(agentId, id),
          (list) => (list.kind === 'artifacts' ? String(list.artifacts.length) : list.kind),
        ),
      artifactDigest: async (agentId, id, artifactId, maxBytes) =>
        await port(
          'marketplace',
          `digest of ${artifactId}`,
          async () => await marketplace.artifactDigest(agentId, id, artifactId, maxBytes),
          kindOf,
        ),
      sendMessage: async (agentId, id, message) =>
        await port(
          'marketplace',
          `message ${short(id)} ${message.kind}`,
          async () => await marketplace.sendMessage(agentId, id, message),
          kindOf,
        ),
      context: async (agentId) =>
        await port('marketplace', 'context', async () => await marketplace.context(agentId)),
    },
    messenger: {
      send: async (message) =>
        await port(
          'homeserver',
          `send ${short(message.hiringId)} a${message.attempt} ${message.purpose} ${message.number}`,
          async () => await messenger.send(message),
          kindOf,
        ),
      findAssignments: async (attempt, sinceMs) =>
        await port(
          'homeserver',
          `look for ${short(attempt.hiringId)} a${attempt.attempt}`,
          async () => await messenger.findAssignments(attempt, sinceMs),
          (found) => (found.kind === 'found' ? String(found.messages.length) : found.kind),
        ),
    },
    rooms: {
      open: async (order) =>
        await port(
          'homeserver',
          `open ${short(order.hiringId)} a${order.attempt} ${order.worker.name}`,
          async () => await rooms.open(order),
          kindOf,
        ),
    },
    storage: {
      stage: async (order) =>
        await port(
          'storage',
          `stage ${short(order.hiring.hiringId)} a${order.attempt}`,
          async () => await storage.stage(order),
          kindOf,
        ),
      inspect: async (task, expected) =>
        await port(
          'storage',
          `inspect ${task.slice(-7)}`,
          async () => await storage.inspect(task, expected),
          kindOf,
        ),
      verify: async (task, written) =>
        await port(
          'storage',
          `verify ${task.slice(-7)}`,
          async () => await storage.verify(task, written),
          kindOf,
        ),
      collect: async (task) =>
        await port('storage', `collect ${task.slice(-7)}`, async () => await storage.collect(task), kindOf),
      read: async (task, name, maxBytes) =>
        await port(
          'storage',
          `read ${task.slice(-7)}/${name}`,
          async () => await storage.read(task, name, maxBytes),
          kindOf,
        ),
      addMessage: async (task, message) =>
        await port(
          'storage',
          `message ${task.slice(-7)} ${message.number}`,
          async () => await storage.addMessage(task, message),
          kindOf,
        ),
      forgetToken: async (order) =>
        await port(
          'storage',
          `forget ${order.taskId.slice(-7)}`,
          async () => await storage.forgetToken(order),
          kindOf,
        ),
      noteDelegated: async (task, atMs) =>
        await port('storage', `note ${task.slice(-7)}`, async () => await storage.noteDelegated(task, atMs)),
    },
    repositories: {
      source: async (access) =>
        await port('git', 'source', async () => await repositories.source(access), kindOf),
      push: async (order) =>
        await port(
          'git',
          `push ${short(order.hiringId)}`,
          async () => await repositories.push(order),
          kindOf,
        ),
    },
    lifecycle: {
      ensureReady: async (worker) =>
        await port(
          undefined,
          `ready ${worker.name}`,
          async () => await lifecycle.ensureReady(worker),
          kindOf,
        ),
    },
    manager: {
      lookAfter: async (request) =>
        await port(
          'homeserver',
          `manager ${request.worker.name}`,
          async () => await manager.lookAfter(request),
          kindOf,
        ),
    },
    directory: {
      choose: async (agentId, named) =>
        await port(undefined, 'choose', async () => await directory.choose(agentId, named), kindOf),
    },
  };
}

function guardHirings(crashPoints: CrashPoints, hirings: HiringStore): HiringStore {
  const write = async <T>(
    call: string,
    effect: () => Promise<T>,
    describe?: (outcome: T) => string,
  ): Promise<T> => await crashPoints.cross('write', call, effect, describe);
  const look = async <T>(
    call: string,
    effect: () => Promise<T>,
    describe?: (outcome: T) => string,
  ): Promise<T> => await crashPoints.cross('look', call, effect, describe);
  return {
    accept: async (received) =>
      await write(
        `accept ${received.length}`,
        async () => await hirings.accept(received),
        (all) => all.map(kindOf).join(' '),
      ),
    wakeUnread: async (agentId, readBeforeMs) =>
      await write('wake unread', async () => await hirings.wakeUnread(agentId, readBeforeMs), said),
    claim: async (request) =>
      await write(
        'claim',
        async () => await hirings.claim(request),
        (claims) => claims.map(({ record }) => `${short(record.hiringId)} ${record.state}`).join(', '),
      ),
    renew: async (claim, nowMs, leaseMs) =>
      await write(
        `renew ${short(claim.record.hiringId)}`,
        async () => await hirings.renew(claim, nowMs, leaseMs),
        said,
      ),
    release: async (claim) => await write('release', async () => await hirings.release(claim)),
    commit: async (claim, step, nowMs) =>
      await write(
        `commit ${short(claim.record.hiringId)} ${step.event ?? 'waits'}: ${step.cause}`,
        async () => await hirings.commit(claim, step, nowMs),
        said,
      ),
    noteLate: async (task, nowMs) =>
      await write(`note late ${short(task.hiringId)}`, async () => await hirings.noteLate(task, nowMs)),
    reserveWorker: async (claim, worker, limit) =>
      await write(`reserve ${worker}`, async () => await hirings.reserveWorker(claim, worker, limit), said),
    isPaused: async (agentId, hiringId, attempt) =>
      await look('paused', async () => await hirings.isPaused(agentId, hiringId, attempt), said),
    nextDueAtMs: async () => await look('next due', async () => await hirings.nextDueAtMs()),
    onChange: (listener) => {
      const stop = hirings.onChange(() => {
        if (crashPoints.alive) listener();
      });
      crashPoints.onDeath(stop);
      return stop;
    },
    find: async (id) => await look('find', async () => await hirings.find(id)),
    history: async (id) => await look('history', async () => await hirings.history(id)),
    queueStats: async (nowMs, graceMs) =>
      await look('queueStats', async () => await hirings.queueStats(nowMs, graceMs)),
  };
}

function guardActivity(crashPoints: CrashPoints, activities: ActivityLog): ActivityLog {
  const write = async <T>(
    call: string,
    effect: () => Promise<T>,
    describe?: (outcome: T) => string,
  ): Promise<T> => await crashPoints.cross('write', call, effect, describe);
  const look = async <T>(
    call: string,
    effect: () => Promise<T>,
    describe?: (outcome: T) => string,
  ): Promise<T> => await crashPoints.cross('look', call, effect, describe);
  return {
    position: async (account) => await look('position', async () => await activities.position(account), said),
    syncedUntilMs: async (account) =>
      await look('synced until', async () => await activities.syncedUntilMs(account), said),
    listenedMs: async (account) =>
      await look('listened', async () => await activities.listenedMs(account), said),
    record: async (account, position, seen, ...when) =>
      await write(
        `record ${seen.length} activities`,
        async () => await activities.record(account, position, seen, ...when),
      ),
    since: async (room, user, sequence, limit) =>
      await look('activities', async () => await activities.since(room, user, sequence, limit), listed),
    latest: async () => await look('latest', async () => await activities.latest(), said),
  };
}
