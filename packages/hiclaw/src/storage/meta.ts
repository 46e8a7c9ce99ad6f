import { HANDED_IN_STATUSES, JUDGED_STATUSES, OWN_OBJECTS, type TaskId } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import type { ObjectStore, StorageFailure } from './object-store.ts';
import { taskFolder } from './task-folder.ts';

const text = z.string().optional().catch(undefined);

function untouched(...keys: readonly string[]): Readonly<Record<string, z.ZodOptional<z.ZodUnknown>>> {
  return Object.fromEntries(keys.map((key) => [key, z.unknown().optional()]));
}

/** `meta.json` as far as it is read; every generation writes other keys beside these (HiClaw reference, 2.2). */
const taskMeta = z.object({
  ...untouched(
    'task_id',
    'project_id',
    'task_title',
    'assigned_to',
    'room_id',
    'depends_on',
    'type',
    'spec_path',
  ),
  ...untouched('taskId', 'projectId', 'taskTitle', 'assignedTo', 'roomId', 'dependsOn', 'specPath'),
  status: text,
  result_status: text,
  result_path: text,
  summary: text,
  deliverables: z.array(z.unknown()).optional().catch(undefined),
});

export interface TaskMeta {
  /** What it says under the keys that we write, in either spelling, as it says it. */
  readonly written: Readonly<Record<string, unknown>>;
  readonly status?: string | undefined;
  readonly resultStatus?: string | undefined;
  readonly resultPath?: string | undefined;
  readonly summary?: string | undefined;
  readonly deliverables: readonly string[];
}

export type MetaRead =
  | { readonly kind: 'meta'; readonly meta: TaskMeta; readonly bytes: Buffer }
  /** It is there, but half written or no JSON object. */
  | { readonly kind: 'unreadable'; readonly isEmpty: boolean }
  | { readonly kind: 'absent' }
  | StorageFailure;

const MAX_META_BYTES = 256 * 1024;
/** Each of them is looked for among all files. */
const MAX_DELIVERABLES = 1_000;

export function isDelivered(meta: TaskMeta | undefined): boolean {
  if (meta?.status === undefined) return false;
  return (
    HANDED_IN_STATUSES.has(meta.status) ||
    (JUDGED_STATUSES.has(meta.status) && meta.resultStatus !== undefined)
  );
}

/** Reads the marker of a task folder. */
export async function readMeta(store: ObjectStore, taskId: TaskId): Promise<MetaRead> {
  const read = await store.get(`${taskFolder(taskId)}${OWN_OBJECTS.meta}`, MAX_META_BYTES);
  if (read.kind === 'too_large') return { kind: 'unreadable', isEmpty: false };
  if (read.kind !== 'object') return read;
  const parsed = taskMeta.safeParse(parseJson(read.bytes));
  if (!parsed.success) return { kind: 'unreadable', isEmpty: read.bytes.length === 0 };
  const { status, result_status: resultStatus, result_path: path, summary } = parsed.data;
  const resultPath = path === undefined || path.trim() === '' ? undefined : path;
  const deliverables = (parsed.data.deliverables ?? []).flatMap(pathOf).slice(0, MAX_DELIVERABLES);
  return {
    kind: 'meta',
    meta: {
      written: parsed.data,
      status,
      resultStatus,
      resultPath,
      summary,
      deliverables,
    },
    bytes: read.bytes,
  };
}

const named = z.object({ path: z.string() });

/** A deliverable is a path, or an object that has one. */
function pathOf(item: unknown): readonly string[] {
  if (typeof item === 'string') return [item];
  const path = named.safeParse(item).data?.path;
  return path === undefined ? [] : [path];
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
