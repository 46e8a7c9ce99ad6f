import { createTaskTokens, type TaskId, tasksAtWorkers } from '@agrenting-hiclaw/core/domain';
import type { EnginePorts } from '@agrenting-hiclaw/engine';
import type { DeletedTask, SubmitResultOutcome, TaskStorageOptions } from '@agrenting-hiclaw/hiclaw';
import {
  commandEnvironment,
  commandWords,
  lifecycleOf,
  policyOf,
  startLeader,
  type Configuration,
} from '@agrenting-hiclaw/runtime';
import type { IntakeParts } from './intake.ts';

export interface HiclawOptions extends IntakeParts {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** HiClaw as the engine needs it, and the ear in the workers' rooms. */
export interface ConnectedHiclaw {
  readonly ports: Pick<
    EnginePorts,
    'messenger' | 'rooms' | 'storage' | 'lifecycle' | 'directory' | 'manager'
  >;
  /** Puts a worker's answer into its task folder. */
  submitResult(taskId: TaskId, text: string): Promise<SubmitResultOutcome>;
  /** Deletes what lies in storage of one attempt, which is over. */
  deleteTask(taskId: TaskId): Promise<DeletedTask>;
  /** How long ago the rooms were last heard; undefined while this process does not listen to any. */
  syncAgeMs(): number | undefined;
  /** What is wrong with the connection now, each with what to do. */
  problems(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Whether no worker is given a second job while it is at one. */
function oneAtATime(configuration: Configuration): boolean {
  const policies = [{}, ...configuration.agents.map(({ policy }) => policy)];
  return policies.every((own) => policyOf(configuration, own).concurrency === 1);
}

/** Of the messages of a minute, those that may go out at once after a quiet time. */
const SHARE_AT_ONCE = 30;
const LEAST_AT_ONCE = 10;

/** Builds Matrix, storage, lifecycle and the worker map. None of them has to be up for that. */
export async function connectHiclaw(options: HiclawOptions): Promise<ConnectedHiclaw> {
  const { configuration, agents, store, clock, random, log } = options;
  const { matrix } = configuration;
  // Loaded late: these clients take longer to load than a hiring should wait to be heard.
  const hiclaw = await import('@agrenting-hiclaw/hiclaw');

  const homeserver = hiclaw.createHomeserver({
    url: matrix.homeserverUrl,
    userId: matrix.userId,
    accessToken: matrix.accessToken,
  });
  const { profile } = configuration.hiclaw;
  const objectStore = hiclaw.createObjectStore({
    ...configuration.storage,
    bucket: configuration.storage.bucket ?? hiclaw.PROFILES[profile].bucket,
  });
  const { roomId, userId, delegates } = configuration.manager;
  const manager = roomId === undefined || userId === undefined ? undefined : { roomId, userId };
  const delegate = delegates ? manager : undefined;
  const lifecycle = hiclaw.createLifecycle(lifecycleOf(configuration.lifecycle, options.environment));
  const directory = hiclaw.createDirectory({
    workers: configuration.workers.list,
    agents: agents.configuredWorkers,
    registryPath: configuration.workers.registryFile,
    // The Manager speaks in the workers' own rooms, and takes no command for them.
    clearRooms: oneAtATime(configuration) && delegate === undefined,
    rooms: {
      policy: delegate === undefined ? matrix.rooms : 'worker',
      ourUserId: matrix.userId,
      store: objectStore,
      watched: matrix.watchers.length > 0,
    },
  });
  const { messagesPerMinute: perMinute } = matrix;
  const gate = hiclaw.createSendGate({
    budget: store.budgets,
    clock,
    account: matrix.userId,
    ceiling: { perMinute, burst: Math.max(LEAST_AT_ONCE, perMinute / SHARE_AT_ONCE) },
  });
  const rooms = hiclaw.createAttemptRooms({ homeserver, gate, watchers: matrix.watchers });
  const listener = hiclaw.createRoomListener({
    homeserver,
    activityLog: store.activities,
    clock,
    random,
    sinceMs: clock.nowMs(),
    rooms: async () => await directory.workers(),
    attemptRooms: async () => await store.rooms.inUse(),
    report: (problem, { code, roomId: ofRoom }) =>
      log.warn({ problem, code, roomId: ofRoom }, 'messages of the rooms could not be received completely'),
  });
  const leaveEnded = async (signal: AbortSignal): Promise<void> =>
    await hiclaw.leaveEndedRooms(
      {
        rooms,
        log: store.rooms,
        clock,
        keepMs: matrix.keepRoomsHours * 3_600_000,
        report: (problem) => log.warn({ problem }, 'a room could not be left yet'),
      },
      signal,
    );
  const registerTasks = async (signal: AbortSignal): Promise<void> => {
    const { stateCommand } = configuration.manager;
    if (stateCommand === undefined) return;
    await hiclaw.keepTasksRegistered(
      {
        command: commandWords(stateCommand),
        environment: commandEnvironment(options.environment),
        open: async () =>
          (await tasksAtWorkers(store)).map(({ attempt: { taskId }, worker }) => ({ taskId, worker })),
        clock,
        report: (problem) => log.warn({ problem }, 'a worker may be stopped as idle'),
      },
      signal,
    );
  };
  const ear = startLeader({
    name: `matrix-sync:${matrix.userId}`,
    holder: options.holder,
    leases: store.leases,
    clock,
    leaseMs: options.leaseMs,
    onError: (what, error) => log.error({ error }, what),
    run: async (signal) =>
      void (await Promise.all([listener.run(signal), leaveEnded(signal), registerTasks(signal)])),
  });

  const startedAtMs = clock.nowMs();

  return {
    ports: {
      messenger: hiclaw.createMessenger({ homeserver, clock, gate, through: delegate }),
      rooms,
      manager: manager === undefined ? undefined : hiclaw.createManager({ homeserver, gate, ...manager }),
      storage: hiclaw.createTaskStorage({
        store: objectStore,
        ourUserId: matrix.userId,
        profile,
        sessionFiles: configuration.storage.sessionFiles,
        callback: callbackOf(configuration),
        localCopy:
          configuration.tasks.directory === undefined
            ? undefined
            : {
                directory: configuration.tasks.directory,
                report: (problem) =>
                  log.warn({ problem }, 'a task folder could not be mirrored to this machine'),
              },
      }),
      lifecycle: {
        async ensureReady(worker) {
          const readiness = await lifecycle.ensureReady(worker);
          if (readiness.kind === 'starting') {
            const { waitMs, unknownPhase } = readiness;
            if (unknownPhase === undefined) {
              log.info({ worker: worker.name, waitMs }, 'a worker is being started');
            } else {
              log.warn(
                { worker: worker.name, waitMs, phase: unknownPhase },
                'a worker is in a phase that is unknown to this release; waiting for it',
              );
            }
          }
          return readiness;
        },
      },
      directory: {
        choose: async (agentId, named) =>
          await directory.choose(agentId, named ?? agents.listedWorker(agentId)),
      },
    },
    submitResult: async (taskId, text) => await hiclaw.submitResult(objectStore, taskId, text),
    deleteTask: async (taskId) => await hiclaw.deleteTask(objectStore, taskId),
    syncAgeMs() {
      const { state, lastSyncAtMs = startedAtMs } = listener.status();
      const listens = ear.held && (state === 'listening' || state === 'failing');
      return listens ? Math.max(0, clock.nowMs() - lastSyncAtMs) : undefined;
    },
    async problems() {
      const offline = listener.status();
      const hearing = ear.held && offline.problem !== undefined ? [offline.problem] : [];
      return [...hearing, ...(await directory.problems())];
    },
    async close() {
      await ear.close();
      lifecycle.close();
      homeserver.close();
      objectStore.close();
    },
  };
}

/** How workers hand in results by HTTP, where the configuration says where. */
function callbackOf({ webhook, store }: Configuration): TaskStorageOptions['callback'] {
  const { resultsUrl } = webhook;
  if (resultsUrl === undefined) return undefined;
  const tokenOf = createTaskTokens(store.key);
  return ({ taskId, hiring }) => ({
    url: `${resultsUrl.replace(/\/$/, '')}/hirings/${hiring.hiringId}/result`,
    token: tokenOf(taskId),
  });
}
