import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { machineClock, type SandboxClock } from './clock.ts';
import { controlApp } from './control/control-app.ts';
import { RunningHiclaw } from './hiclaw.ts';
import { startHomeserver, type RunningHomeserver } from './homeserver/homeserver.ts';
import { listen } from './http-server.ts';
import type { Containers } from './manager/containers.ts';
import { controlledHiclaw } from './manager/controlled-hiclaw.ts';
import { ControllerResources } from './manager/controller-resources.ts';
import { startController } from './manager/controller.ts';
import { MinioClient } from './manager/minio-client.ts';
import { Manager } from './manager/manager.ts';
import {
  parseOptions,
  roomIdOf,
  workerPassword,
  workerSecretKey,
  type HiclawOptions,
  type HiclawSettings,
  type WorkerSettings,
} from './options.ts';
import { SandboxWorker } from './sandbox-worker.ts';
import { managerSettings, registryOf, seedHomeserver, seedStorage } from './seed.ts';
import { adapterPolicy, everything, workerPolicy } from './storage/access-policy.ts';
import { startStorage, type RunningStorage } from './storage/storage.ts';
import { Behaviours } from './worker/behaviour.ts';
import { WorkerContainer } from './worker/container.ts';
import { profiles } from './worker/profiles/index.ts';
import { WorkerDisk } from './worker/disk.ts';

/**
 * Starts a stand-in for a HiClaw 1.0.9 installation: homeserver, storage, Manager facade, workers. Resolves when the workers
 * that shall run hear their rooms. Throws a ZodError for wrong options; rejects when a port is taken.
 */
export const startHiclaw = async (options: HiclawOptions = {}): Promise<RunningHiclaw> => {
  const { clock = machineClock, ...rest } = options;
  const settings = parseOptions(rest);
  const { host } = settings;
  const open: (() => Promise<void> | void)[] = [];
  const closeParts = async (): Promise<void> => {
    for (const close of open.splice(0).toReversed()) await close();
  };
  try {
    const { serverName, registrationToken, bucket } = settings;
    const homeserver = await startHomeserver({
      host,
      port: settings.homeserverPort,
      serverName,
      registrationToken,
      clock,
    });
    open.push(() => homeserver.close());
    const users = storageUsers(settings);
    const storage = await startStorage({ host, port: settings.storagePort, bucket, users, clock });
    open.push(() => storage.close());
    seedHomeserver(homeserver, settings);
    seedStorage(storage.bucket, settings, homeserver.url);
    homeserver.registration.exclusive = settings.generation === '1.2';

    const app = Promise.withResolvers<Hono>();
    const control = await listen(
      getRequestListener(async (request, env) => (await app.promise).fetch(request, env)),
      '127.0.0.1',
      settings.controlPort,
    );
    open.push(() => control.close());

    const workers = settings.workers.map((worker) =>
      createWorker(worker, settings, homeserver, storage, clock),
    );
    open.push(async () => {
      await Promise.all(workers.map((worker) => worker.kill()));
    });
    const home = managerHome(settings, open);
    const mc = new MinioClient(storage, settings.storageAlias, home);
    const containers = containersOf(workers);
    const resources = new ControllerResources(
      controlledHiclaw(settings, { homeserver, storage, workers, containers }),
    );
    const controller = await startController({
      host,
      port: settings.controllerPort,
      token: settings.controllerToken,
      resources,
    });
    open.push(() => controller.close());
    const manager = createManager(home, control.url, settings, homeserver, {
      workers,
      clock,
      mc,
      containers,
      resources,
    });
    open.push(() => {
      manager.close();
    });
    const hiclaw = new RunningHiclaw({
      settings,
      homeserver,
      storage,
      manager,
      workers,
      controlUrl: control.url,
      controllerUrl: controller.url,
      closeParts,
    });
    app.resolve(controlApp(hiclaw, manager));

    const running = workers.filter((_, index) => settings.workers[index]?.running === true);
    for (const worker of running) worker.start();
    await Promise.all(running.map((worker) => worker.untilListening()));
    return hiclaw;
  } catch (error) {
    await closeParts();
    throw error;
  }
};

const storageUsers = (settings: HiclawSettings): Parameters<typeof startStorage>[0]['users'] => [
  { accessKey: settings.admin.name, secretKey: settings.admin.password, policy: everything },
  ...(settings.adapterKnown
    ? [
        {
          accessKey: settings.adapter.accessKey,
          secretKey: settings.adapter.secretKey,
          policy: adapterPolicy(settings.adapter.prefixes),
        },
      ]
    : []),
  ...settings.workers.map((worker) => ({
    accessKey: worker.name,
    secretKey: workerSecretKey(worker),
    policy: workerPolicy(worker.name),
  })),
];

const createWorker = (
  worker: WorkerSettings,
  settings: HiclawSettings,
  homeserver: RunningHomeserver,
  storage: RunningStorage,
  clock: SandboxClock,
): SandboxWorker => {
  const profile = profiles.find((each) => each.name === worker.profile);
  if (profile === undefined) throw new RangeError(`no profile ${worker.profile}`);
  const userId = homeserver.accounts.userId(worker.name);
  const revokeTokens = (): void => {
    homeserver.revokeTokens(userId, false);
  };
  const container = new WorkerContainer({
    profile,
    machine: {
      name: worker.name,
      userId,
      serverName: settings.serverName,
      password: workerPassword(worker),
      homeserverUrl: homeserver.url,
      storage: {
        endpoint: storage.url,
        bucket: settings.bucket,
        accessKey: worker.name,
        secretKey: workerSecretKey(worker),
      },
      disk: new WorkerDisk(),
      behaviours: new Behaviours(),
      times: settings.times,
      clock,
      revokeTokens,
    },
  });
  const roomId = roomIdOf(settings.serverName, worker);
  return new SandboxWorker({ name: worker.name, userId, roomId, container, revokeTokens });
};

const managerHome = (settings: HiclawSettings, open: (() => void)[]): string => {
  if (settings.managerHome !== undefined) {
    mkdirSync(settings.managerHome, { recursive: true });
    return resolve(settings.managerHome);
  }
  const home = mkdtempSync(join(tmpdir(), 'hiclaw-manager-'));
  open.push(() => {
    rmSync(home, { recursive: true, force: true });
  });
  return home;
};

const containersOf = (workers: readonly SandboxWorker[]): Containers => {
  const containerOf = (name: string): WorkerContainer | undefined =>
    workers.find((worker) => worker.name === name)?.container;
  return {
    unavailable: false,
    names: () => workers.map((worker) => worker.name),
    status: (name) => containerOf(name)?.status ?? 'not_found',
    start: (name) => containerOf(name)?.start() ?? false,
    stop: async (name) => containerOf(name)?.stop(),
    remove: async (name) => containerOf(name)?.remove(),
  };
};

const createManager = (
  home: string,
  controlUrl: string,
  settings: HiclawSettings,
  homeserver: RunningHomeserver,
  parts: Pick<ConstructorParameters<typeof Manager>[0], 'clock' | 'mc' | 'containers' | 'resources'> & {
    readonly workers: readonly SandboxWorker[];
  },
): Manager => {
  const { clock, mc, containers, resources } = parts;
  const manager = new Manager({
    home,
    controlUrl,
    clock,
    mc,
    resources,
    containers,
    say: (roomId, text, mention) => {
      homeserver.rooms.send(roomId, homeserver.accounts.userId(settings.manager.name), {
        type: 'm.room.message',
        content: { msgtype: 'm.text', body: text, 'm.mentions': { user_ids: [mention] } },
      });
    },
  });
  manager.files.init();
  if (settings.generation === '1.2') manager.switches.scripts = '1.2';
  if (settings.generation === '1.0') writeFileSync(join(home, 'openclaw.json'), managerSettings(settings));
  manager.files.setIdleTimeout(settings.idleTimeoutMinutes);
  manager.files.writeRegistry(registryOf(settings, manager.files.now()));
  if (settings.heartbeatEveryMs !== undefined) {
    manager.every(settings.heartbeatEveryMs, () => manager.heartbeat());
  }
  if (settings.idleCheckEveryMs !== undefined) {
    manager.every(settings.idleCheckEveryMs, () => manager.checkIdle());
  }
  return manager;
};
