import { createRoom } from './homeserver/create-room.ts';
import type { RunningHomeserver } from './homeserver/homeserver.ts';
import type { Registry } from './manager/home-files.ts';
import { roomIdOf, workerPassword, type HiclawSettings, type WorkerSettings } from './options.ts';
import { profiles } from './worker/profiles/index.ts';
import type { Bucket } from './storage/bucket.ts';

/** Accounts, and each worker's room as `create-worker.sh` makes it (HiClaw reference, 3.1 and 3.4). */
export const seedHomeserver = (homeserver: RunningHomeserver, settings: HiclawSettings): void => {
  const { accounts, rooms } = homeserver;
  const { admin, manager, adapter } = settings;
  const adminId = accounts.create(admin.name, admin.password);
  accounts.admins.add(adminId);
  const managerId = accounts.create(manager.name, manager.password);
  rooms.joinsEveryInvitation.add(managerId);
  const adapterIds = settings.adapterKnown ? [accounts.create(adapter.name, adapter.password)] : [];
  for (const id of adapterIds) accounts.openDevice(id, adapter.deviceId, adapter.accessToken);
  for (const worker of settings.workers) {
    const workerId = accounts.create(worker.name, workerPassword(worker));
    const encryption = {
      type: 'm.room.encryption',
      state_key: '',
      content: { algorithm: 'm.megolm.v1.aes-sha2' },
    };
    const members = [adminId, workerId, ...adapterIds];
    const room = createRoom(
      rooms,
      managerId,
      {
        name: `Worker: ${worker.name}`,
        topic: `Communication channel for ${worker.name}`,
        preset: 'trusted_private_chat',
        invite: members,
        initial_state: worker.encryptedRoom ? [encryption] : [],
        power_level_content_override: { users: { [managerId]: 100, [adminId]: 100, [workerId]: 0 } },
      },
      roomIdOf(settings.serverName, worker),
    );
    for (const member of members) rooms.join(room, member);
  }
};

/** Each worker's folder, as far as workers and an adapter read it (HiClaw reference, 3.5 and 5). */
export const seedStorage = (bucket: Bucket, settings: HiclawSettings, homeserverUrl: string): void => {
  const put = (key: string, text: string): void => {
    bucket.put({ key, bytes: Buffer.from(text), writtenBy: settings.admin.name });
  };
  for (const worker of settings.workers) {
    const home = `agents/${worker.name}/`;
    put(
      `${home}openclaw.json`,
      `${JSON.stringify(openclawJson(worker, settings, homeserverUrl), null, 2)}\n`,
    );
    put(`${home}SOUL.md`, `# ${worker.name}\n\nA simulated worker of the HiClaw sandbox.\n`);
    put(`${home}AGENTS.md`, `# Worker\n\nCoordinator: @${settings.manager.name}:${settings.serverName}\n`);
    put(`${home}credentials/matrix/password`, workerPassword(worker));
  }
  put('shared/tasks/.gitkeep', '');
  if (settings.generation !== '1.0') put('manager/openclaw.json', managerSettings(settings));
};

/** The Manager's own settings: in its home up to 1.0, in storage since then (HiClaw reference, 1.4 and 5). */
export const managerSettings = (settings: HiclawSettings): string => {
  const admin = `@${settings.admin.name}:${settings.serverName}`;
  const matrix = { enabled: true, dm: { policy: 'allowlist', allowFrom: [admin] }, groupAllowFrom: [admin] };
  return `${JSON.stringify({ channels: { matrix } }, undefined, 2)}\n`;
};

const openclawJson = (worker: WorkerSettings, settings: HiclawSettings, homeserverUrl: string): object => {
  const mxid = (name: string): string => `@${name}:${settings.serverName}`;
  const people = [mxid(settings.manager.name), mxid(settings.admin.name)];
  const withAdapter = [...people, mxid(settings.adapter.name)];
  return {
    channels: {
      matrix: {
        enabled: true,
        homeserver: homeserverUrl,
        // Stale by design: the worker logs in again at each start and keeps its token to itself (HiClaw reference, 3.3).
        accessToken: `stale-token-of-${worker.name}`,
        encryption: worker.encryptedRoom,
        dm: {
          policy: 'allowlist',
          allowFrom: settings.adapterKnown && worker.adapterAllowedDirectly ? withAdapter : people,
        },
        groupPolicy: 'allowlist',
        groupAllowFrom: settings.adapterKnown && worker.adapterAllowed ? withAdapter : people,
        groups: { '*': { allow: true, requireMention: true } },
      },
    },
    agents: { defaults: { timeoutSeconds: 1800, maxConcurrent: 4 } },
  };
};

/** The workers as `workers-registry.json` lists them (HiClaw reference, 6.1). */
export const registryOf = (settings: HiclawSettings, now: string): Registry['workers'] =>
  Object.fromEntries(
    settings.workers.map((worker) => [
      worker.name,
      {
        matrix_user_id: `@${worker.name}:${settings.serverName}`,
        room_id: roomIdOf(settings.serverName, worker),
        runtime: profiles.find((profile) => profile.name === worker.profile)?.runtime ?? 'copaw',
        deployment: worker.deployment,
        skills: ['file-sync', 'task-progress'],
        role: 'worker',
        team_id: null,
        image: null,
        created_at: now,
        skills_updated_at: now,
      },
    ]),
  );
