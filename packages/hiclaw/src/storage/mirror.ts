import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OWN_OBJECTS, type TaskId, type TaskStorage } from '@agrenting-hiclaw/core/domain';
import { orderObjects, type OrderObject, type OrderObjectOptions } from './order-objects.ts';

export interface MirrorOptions extends OrderObjectOptions {
  /** Gets a folder per task; has to be there. */
  readonly directory: string;
  /** Told why a copy is not there; the hand-over goes on without it. */
  readonly report: (problem: string) => void;
}

/**
 * The same storage, with a copy of each task folder in a directory of this machine, where the marketplace's page keeps
 * it (adapter page, C7). What counts is in storage: a copy that cannot be written is only told of.
 */
export function withMirror(storage: TaskStorage, options: MirrorOptions): TaskStorage {
  async function copy(taskId: TaskId, objects: readonly Pick<OrderObject, 'key' | 'bytes'>[]): Promise<void> {
    const folder = join(options.directory, taskId);
    try {
      await makeFolder(folder);
      for (const { key, bytes } of objects) await replaceFile(join(folder, basename(key)), bytes);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      options.report(`the copy of a task folder in ${folder} could not be written: ${why}`);
    }
  }

  return {
    async stage(order) {
      const outcome = await storage.stage(order);
      if (outcome.kind === 'staged') {
        // A token that workers need stays out of the copy.
        const { parts, marker } = orderObjects(
          order.delivery?.mode === 'push_by_worker' ? { ...order, delivery: undefined } : order,
          options,
        );
        await copy(order.taskId, [...parts, marker]);
      }
      return outcome;
    },
    inspect: async (taskId, expected) => await storage.inspect(taskId, expected),
    verify: async (taskId, written) => await storage.verify(taskId, written),
    collect: async (taskId) => await storage.collect(taskId),
    read: async (taskId, name, maxBytes) => await storage.read(taskId, name, maxBytes),
    addMessage: async (taskId, message) => await storage.addMessage(taskId, message),
    forgetToken: async (order) => await storage.forgetToken(order),
    async noteDelegated(taskId, notifiedAtMs) {
      await storage.noteDelegated(taskId, notifiedAtMs);
      await copy(taskId, [{ key: OWN_OBJECTS.state, bytes: stateBytes(notifiedAtMs) }]);
    },
  };
}

/** `state.json`: the worker was told (adapter page, C11). */
export function stateBytes(notifiedAtMs: number): Buffer {
  const state = { status: 'delegated', notified_at: new Date(notifiedAtMs).toISOString() };
  return Buffer.from(`${JSON.stringify(state)}\n`);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** A reader finds all of it or what was there before. */
async function replaceFile(file: string, bytes: Buffer): Promise<void> {
  const fresh = `${file}.${randomUUID()}`;
  await writeFile(fresh, bytes);
  await rename(fresh, file);
}
