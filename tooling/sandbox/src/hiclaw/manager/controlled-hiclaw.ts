import { z } from 'zod';
import type { RunningHomeserver } from '../homeserver/homeserver.ts';
import type { HiclawSettings } from '../options.ts';
import { profiles } from '../worker/profiles/index.ts';
import type { SandboxWorker } from '../sandbox-worker.ts';
import type { RunningStorage } from '../storage/storage.ts';
import type { Containers } from './containers.ts';
import type { ControlledHiclaw } from './controller-resources.ts';

export interface ControlledParts {
  readonly homeserver: RunningHomeserver;
  readonly storage: RunningStorage;
  readonly workers: readonly SandboxWorker[];
  readonly containers: Containers;
}

const settingsSchema = z.looseObject({
  channels: z.looseObject({ matrix: z.looseObject({ dm: z.looseObject({}) }) }),
});

/** What the controller does to this HiClaw. */
export function controlledHiclaw(settings: HiclawSettings, parts: ControlledParts): ControlledHiclaw {
  const { homeserver, storage, workers, containers } = parts;
  const { accounts, rooms } = homeserver;
  const find = (name: string): SandboxWorker | undefined => workers.find((worker) => worker.name === name);
  return {
    containers,
    address: (name) => find(name) ?? { userId: '', roomId: '' },
    runtime(name) {
      const profile = settings.workers.find((worker) => worker.name === name)?.profile;
      return profiles.find((each) => each.name === profile)?.runtime ?? 'copaw';
    },
    always: [accounts.userId(settings.manager.name), accounts.userId(settings.admin.name)],
    writeLists(name, group, direct) {
      const key = `agents/${name}/openclaw.json`;
      const object = storage.bucket.get(key);
      if (object === undefined) return;
      const found = settingsSchema.parse(JSON.parse(Buffer.from(object.bytes).toString('utf8')));
      const { matrix } = found.channels;
      const text = JSON.stringify({
        ...found,
        channels: {
          ...found.channels,
          matrix: { ...matrix, dm: { ...matrix.dm, allowFrom: direct }, groupAllowFrom: group },
        },
      });
      storage.bucket.put({ key, bytes: Buffer.from(text), writtenBy: 'controller' });
    },
    makeHuman(name, password, names) {
      const userId = accounts.has(accounts.userId(name))
        ? accounts.userId(name)
        : accounts.create(name, password);
      for (const worker of names) {
        const roomId = find(worker)?.roomId;
        if (roomId === undefined) continue;
        const room = rooms.joined(roomId, accounts.userId(settings.manager.name));
        rooms.invite(room, accounts.userId(settings.manager.name), userId);
        rooms.join(room, userId);
      }
      return userId;
    },
  };
}
