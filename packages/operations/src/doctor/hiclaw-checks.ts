import { randomUUID } from 'node:crypto';
import { counted } from '@agrenting-hiclaw/core/domain';
import {
  createLifecycle,
  isInRoom,
  readAllowLists,
  whoami,
  type Directory,
  type Homeserver,
  type MappedWorker,
  type ObjectStore,
} from '@agrenting-hiclaw/hiclaw';
import { type Configuration, lifecycleOf } from '@agrenting-hiclaw/runtime';
import { failed, ok, skipped, warning, type Check } from './check.ts';
import { sharedStorageCheck } from './shared-storage-check.ts';

export interface HiclawParts {
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeserver: Homeserver;
  readonly store: ObjectStore;
  /** Where the settings of workers are read; the adapter's own user may not, the owner may. */
  readonly settings: Pick<ObjectStore, 'get'>;
  readonly directory: Directory;
  readonly workers: readonly MappedWorker[];
  /** Whether workers may be started to see whether they can be. */
  readonly start: boolean;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
/** Always the same key, because the adapter may write and not delete. */
const PROBE_KEY = 'shared/tasks/agrenting-doctor/probe';

/** Our account, each worker's room and lists, the storage and the way to start workers (adapter page, G1, G2 and G4). */
export function hiclawChecks(parts: HiclawParts): readonly Check[] {
  const { configuration, homeserver, store, directory, workers } = parts;
  const { matrix } = configuration;
  return [
    {
      name: 'matrix-account',
      speaksFor: 'homeserver',
      async look() {
        const check = await whoami(homeserver);
        if (check.kind === 'usable') return ok(`${matrix.userId} is logged in at ${matrix.homeserverUrl}`);
        return failed(check.problem, 'Run `agrenting-hiclaw setup`, or check matrix.homeserverUrl.');
      },
    },
    {
      name: 'worker-map',
      async look() {
        const known = new Set(workers.map(({ name }) => name));
        const unknown = configuration.agents.flatMap(({ worker }) =>
          worker === undefined || known.has(worker) ? [] : [`worker ${worker} of an agent is not in it`],
        );
        const problems = [...(await directory.problems()), ...unknown];
        if (problems.length > 0)
          return failed(problems.join('; '), 'Correct workers.list, the registry, or agents[].worker.');
        return workers.length === 0
          ? failed('it has no workers', 'Run `agrenting-hiclaw setup`.')
          : ok(counted(workers.length, 'worker'));
      },
    },
    ...workers.flatMap((worker) => workerChecks(parts, worker)),
    {
      name: 'storage',
      speaksFor: 'storage',
      async look() {
        const before = await store.get(PROBE_KEY, 1_024);
        const put = await store.put(PROBE_KEY, Buffer.from(randomUUID()), { contentType: 'text/plain' });
        const remedy =
          'Check storage.endpoint, bucket and keys; `agrenting-hiclaw setup --mc …` creates a user with the right policy.';
        if (put.kind !== 'stored' && put.kind !== 'present')
          return failed(`writing failed: ${put.problem}`, remedy);
        const read = await store.get(PROBE_KEY, 1_024);
        // Somebody else's doctor may have written there meanwhile: that is as good.
        const isOld = before.kind === 'object' && read.kind === 'object' && before.bytes.equals(read.bytes);
        if (read.kind !== 'object' || isOld || !UUID.test(read.bytes.toString())) {
          return failed(`reading back failed (${'problem' in read ? read.problem : read.kind})`, remedy);
        }
        const list = await store.list('shared/tasks/agrenting-doctor/', '');
        return list.kind === 'objects'
          ? ok('task folders can be written, read and listed')
          : failed(`listing failed: ${list.problem}`, remedy);
      },
    },
    {
      name: 'storage-rights',
      asks: 'storage',
      async look() {
        const foreign = await store.get('shared/tasks/some-other-task/spec.md', 1_024);
        return foreign.kind === 'object' || foreign.kind === 'absent'
          ? warning(
              'the adapter can read tasks that are not its own',
              'Restrict its storage user with `agrenting-hiclaw setup`.',
            )
          : ok('the adapter can access only its own tasks');
      },
    },
    sharedStorageCheck(configuration, workers),
  ];
}

function workerChecks(parts: HiclawParts, worker: MappedWorker): readonly Check[] {
  const { configuration, homeserver, settings } = parts;
  const { userId } = configuration.matrix;
  return [
    {
      name: `room ${worker.name}`,
      asks: 'homeserver',
      async look() {
        const ours = await isInRoom(homeserver, worker.roomId, userId);
        const remedy = 'Run `agrenting-hiclaw setup`, or invite the adapter there.';
        if (ours !== true) {
          return failed(
            typeof ours === 'object' ? ours.problem : `the adapter is not in ${worker.roomId}`,
            remedy,
          );
        }
        const theirs = await isInRoom(homeserver, worker.roomId, worker.userId);
        if (theirs !== true)
          return failed(
            `${worker.userId} is not in ${worker.roomId}`,
            'Correct the room in the map of workers.',
          );
        return ok(`both are in ${worker.roomId}`);
      },
    },
    {
      name: `allow-list ${worker.name}`,
      asks: 'storage',
      async look() {
        const read = await readAllowLists(settings, worker.name);
        switch (read.kind) {
          case 'refused':
          case 'unavailable':
            return skipped("not checked: pass --mc to check the worker's allow-lists");
          case 'unknown':
            return warning(read.problem, 'Check the settings of the worker in storage.');
          case 'lists': {
            const { direct, group } = read.lists;
            const missing = [
              ...(group.includes(userId) ? [] : ['groupAllowFrom']),
              ...(direct.includes(userId) ? [] : ['dm.allowFrom']),
            ];
            if (missing.length === 0)
              return ok('the worker accepts messages from the adapter, in rooms of two as well');
            const detail = `${userId} is not in ${missing.join(' and ')} of the worker's channels.matrix`;
            return group.includes(userId)
              ? warning(
                  detail,
                  'Run `agrenting-hiclaw setup --mc …`, so that each hiring can have a room of its own.',
                )
              : failed(
                  detail,
                  'Run `agrenting-hiclaw setup --mc …`: the worker ignores messages from the adapter.',
                );
          }
        }
      },
    },
    {
      name: `lifecycle ${worker.name}`,
      takesLong: true,
      async look() {
        const { lifecycle } = configuration;
        if (lifecycle.driver === 'none')
          return skipped('lifecycle.driver is none: workers are assumed to run');
        const starter = createLifecycle(lifecycleOf(lifecycle, parts.environment));
        try {
          const found = parts.start ? await starter.ensureReady(worker) : await starter.look(worker);
          switch (found.kind) {
            case 'failed':
              return failed(found.problem, 'Run the lifecycle command manually, and check its output.');
            case 'asleep':
              return warning(
                'it is stopped',
                `Nothing, if it may be: it is started for the next hiring. Or start it: \`agrenting-hiclaw workers start ${worker.name}\`.`,
              );
            case 'unknown':
              return skipped('not checked, because that starts the worker: pass --start');
            case 'starting':
              return ok(parts.start ? 'it was started' : 'it is starting');
            case 'ready':
            case 'remote':
              return ok(`it is ${found.kind}`);
          }
        } finally {
          starter.close();
        }
      },
    },
  ];
}
