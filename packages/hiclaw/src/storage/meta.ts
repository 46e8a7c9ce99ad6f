import { OWN_OBJECTS, type TaskId } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { ObjectStore, StorageFailure } from './object-store.ts';
import { taskFolder } from './task-folder.ts';

const text = z.string().optional().catch(undefined);

/** `meta.json` as far as it is read; every generation writes other keys beside these (HiClaw reference, 2.2). */
const taskMeta = z.object({
  task_id: text,
  spec_path: text,
  assigned_to: text,
  room_id: text,
  status: text,
  result_status: text,
  result_path: text,
  summary: text,
  deliverables: z.array(z.unknown()).optional().catch(undefined),
});

export interface TaskMeta {
  readonly taskId?: string | undefined;
  readonly specPath?: string | undefined;
  readonly assignedTo?: string | undefined;
  readonly roomId?: string | undefined;
  readonly status?: string | undefined;
  readonly resultStatus?: string | undefined;
  readonly resultPath?: string | undefined;
  readonly summary?: string | undefined;
  readonly deliverables: readonly string[];
}

export type MetaRead =
  | { readonly kind: 'meta'; readonly meta: TaskMeta; readonly bytes: Buffer }
  /** It is there, but half written or no JSON object. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'absent' }
  | StorageFailure;

const MAX_META_BYTES = 256 * 1024;
/** Each of them is looked for among all files. */
const MAX_DELIVERABLES = 1_000;

/** Statuses with which a worker has handed its work in. */
const DELIVERED: ReadonlySet<string> = new Set(['submitted', 'completed']);

export function isDelivered(meta: TaskMeta | undefined): boolean {
  return meta?.status !== undefined && DELIVERED.has(meta.status);
}

/** Reads the marker of a task folder. */
export async function readMeta(store: ObjectStore, taskId: TaskId): Promise<MetaRead> {
  const read = await store.get(`${taskFolder(taskId)}${OWN_OBJECTS.meta}`, MAX_META_BYTES);
  if (read.kind === 'too_large') return { kind: 'unreadable' };
  if (read.kind !== 'object') return read;
  const parsed = taskMeta.safeParse(parseJson(read.bytes));
  if (!parsed.success) return { kind: 'unreadable' };
  const { status, result_status: resultStatus, result_path: path, summary } = parsed.data;
  const resultPath = path === undefined || path.trim() === '' ? undefined : path;
  const deliverables = (parsed.data.deliverables ?? [])
    .filter((item) => typeof item === 'string')
    .slice(0, MAX_DELIVERABLES);
  const { task_id, spec_path: specPath, assigned_to: assignedTo, room_id: roomId } = parsed.data;
  return {
    kind: 'meta',
    meta: {
      taskId: task_id,
      specPath,
      assignedTo,
      roomId,
      status,
      resultStatus,
      resultPath,
      summary,
      deliverables,
    },
    bytes: read.bytes,
  };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
