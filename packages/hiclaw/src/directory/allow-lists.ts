import { z } from 'zod';
import type { ObjectStore, StorageFailure } from '../storage/object-store.ts';

/** Whom a worker listens to; anybody else it drops silently (HiClaw reference, 3.5). */
export interface AllowLists {
  /** In rooms of two. */
  readonly direct: readonly string[];
  /** In all other rooms. */
  readonly group: readonly string[];
}

export type AllowListsOutcome =
  | { readonly kind: 'lists'; readonly lists: AllowLists }
  /** The worker has no settings in storage, or none that can be understood. */
  | { readonly kind: 'unknown'; readonly problem: string }
  | StorageFailure;

const MAX_SETTINGS_BYTES = 1024 * 1024;
const userIds = z.array(z.string()).default([]);
const settingsSchema = z.object({
  channels: z.object({
    matrix: z.object({
      dm: z.object({ allowFrom: userIds }).default({ allowFrom: [] }),
      groupAllowFrom: userIds,
    }),
  }),
});

/** The key of a worker's settings, from which it takes whom it listens to (HiClaw reference, 3.5 and 5). */
export function workerSettingsKey(name: string): string {
  return `agents/${name}/openclaw.json`;
}

/** Reads whom a worker listens to, as storage has it; the worker itself may not have read it yet. */
export async function readAllowLists(
  store: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<AllowListsOutcome> {
  const key = workerSettingsKey(name);
  const read = await store.get(key, MAX_SETTINGS_BYTES);
  switch (read.kind) {
    case 'refused':
    case 'unavailable':
      return read;
    case 'absent':
      return {
        kind: 'unknown',
        problem: `there is no ${key} in storage: is ${name} a worker of this HiClaw?`,
      };
    case 'too_large':
      return { kind: 'unknown', problem: `${key} is larger than ${MAX_SETTINGS_BYTES} bytes` };
    case 'object': {
      const lists = readAllowListsText(read.bytes.toString('utf8'));
      return lists === undefined
        ? { kind: 'unknown', problem: `${key} is not the settings of a worker: it has no channels.matrix` }
        : { kind: 'lists', lists };
    }
  }
}

/** The same of settings that were read already; undefined when they are not those of a worker. */
export function readAllowListsText(text: string): AllowLists | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { data } = settingsSchema.safeParse(value);
  if (data === undefined) return undefined;
  const { dm, groupAllowFrom } = data.channels.matrix;
  return { direct: dm.allowFrom, group: groupAllowFrom };
}
