import type { TaskStorage } from '@agrenting-hiclaw/core/domain';
import { PROFILES, type ProfileName } from '../profiles.ts';
import { collect } from './collect.ts';
import { inspect } from './inspect.ts';
import type { ObjectStore } from './object-store.ts';
import { findSessionFile } from './session-file.ts';
import { stage } from './stage.ts';
import { OWN_OBJECTS, taskFolder } from './task-folder.ts';

export interface TaskStorageOptions {
  readonly store: ObjectStore;
  /** Our Matrix id, to which workers report. */
  readonly ourUserId: string;
  /** Which HiClaw this is. */
  readonly profile: ProfileName;
  /** Whether workers' session files may be looked for, which the adapter's storage user needs a right for. Default false. */
  readonly sessionFiles?: boolean | undefined;
  /** Largest `result.md` that is read. Default 1 MiB. */
  readonly maxResultBytes?: number | undefined;
}

/** The task folders in a bucket that workers and adapter share. */
export function createTaskStorage(options: TaskStorageOptions): TaskStorage {
  const { store, ourUserId, profile, maxResultBytes = 1024 * 1024 } = options;
  return {
    stage: (order) => stage(store, order, { ourUserId, projectObject: PROFILES[profile].projectObject }),
    async inspect(taskId, own) {
      const found = await inspect(store, taskId);
      if (found.kind !== 'folder' || own === undefined || options.sessionFiles !== true) return found;
      return { ...found, session: await findSessionFile(store, own, PROFILES[profile].sessionFolders) };
    },
    collect: (taskId) => collect(store, taskId, maxResultBytes),
    async noteDelegated(taskId, notifiedAtMs) {
      const state = { status: 'delegated', notified_at: new Date(notifiedAtMs).toISOString() };
      // For people who look into the folder; nothing depends on it, so a failure is not told.
      await store.put(
        `${taskFolder(taskId)}${OWN_OBJECTS.state}`,
        Buffer.from(`${JSON.stringify(state)}\n`),
        {
          contentType: 'application/json',
        },
      );
    },
  };
}
