import { LIMITS, OWN_OBJECTS, type HiclawProfile, type TaskStorage } from '@agrenting-hiclaw/core/domain';
import { PROFILES } from '../profiles.ts';
import { collect } from './collect.ts';
import { inspect } from './inspect.ts';
import { addMessage } from './messages.ts';
import { verify } from './changed-objects.ts';
import { readFile } from './read-file.ts';
import type { CallbackOf } from './order-objects.ts';
import { stateBytes, withMirror } from './mirror.ts';
import type { ObjectStore } from './object-store.ts';
import { findSessionFile } from './session-file.ts';
import { forgetToken, stage } from './stage.ts';
import { taskFolder } from './task-folder.ts';

export interface TaskStorageOptions {
  readonly store: ObjectStore;
  /** Our Matrix id, to which workers report. */
  readonly ourUserId: string;
  /** Which HiClaw this is. */
  readonly profile: HiclawProfile;
  /** Whether workers' session files may be looked for, which the adapter's storage user needs a right for. Default false. */
  readonly sessionFiles?: boolean | undefined;
  /** Gives a worker a way to hand in the result of a task by HTTP; none without it. */
  readonly callback?: CallbackOf | undefined;
  /** A directory of this machine that gets a copy of each task folder; `report` is called with the reason why one is missing. */
  readonly localCopy?: { readonly directory: string; readonly report: (problem: string) => void } | undefined;
  /** Largest `result.md` that is read. Default 1 MiB. */
  readonly maxResultBytes?: number | undefined;
}

/** The task folders in a bucket that workers and adapter share. */
export function createTaskStorage(options: TaskStorageOptions): TaskStorage {
  const { store, ourUserId, profile, localCopy, maxResultBytes = LIMITS.resultBytes } = options;
  const form = { ourUserId, projectObject: PROFILES[profile].projectObject, callback: options.callback };
  const storage: TaskStorage = {
    stage: (order) => stage(store, order, form),
    async inspect(taskId, expected) {
      const found = await inspect(store, taskId, expected, form);
      if (found.kind !== 'folder' || expected?.hasOwnRoom !== true || options.sessionFiles !== true)
        return found;
      const sessions = { folders: PROFILES[profile].sessionFolders, ourUserId };
      return { ...found, session: await findSessionFile(store, expected.worker, sessions) };
    },
    verify: (taskId, written) => verify(store, taskId, written),
    collect: (taskId) => collect(store, taskId, maxResultBytes),
    read: (taskId, name, maxBytes) => readFile(store, taskId, name, maxBytes),
    addMessage: (taskId, message) => addMessage(store, taskId, message),
    forgetToken: (order) => forgetToken(store, order, form),
    async noteDelegated(taskId, notifiedAtMs) {
      // For people who look into the folder; nothing depends on it, so a failure is not told.
      await store.put(`${taskFolder(taskId)}${OWN_OBJECTS.state}`, stateBytes(notifiedAtMs), {
        contentType: 'application/json',
      });
    },
  };
  return localCopy === undefined ? storage : withMirror(storage, { ...form, ...localCopy });
}
