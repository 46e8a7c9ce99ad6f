import type { Expected, TaskId } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { isTitle, saysOther, taskKeys } from './changed-marker.ts';
import type { ObjectStore, StorageFailure } from './object-store.ts';
import { projectObject } from './task-folder.ts';

const MAX_PROJECT_BYTES = 256 * 1024;

const projectForm = z.record(z.string(), z.unknown());
const tasksForm = z.array(projectForm);

/**
 * Whether the project of a task says something else than we wrote (HiClaw reference, 2.6): workers' tools keep the states
 * of its tasks in it, and anybody with a key may write it. One that we cannot read counts as changed; one that is
 * gone does not, since a worker then only tries again.
 */
export async function isProjectChanged(
  store: Pick<ObjectStore, 'get'>,
  taskId: TaskId,
  { worker }: Pick<Expected, 'worker'>,
  ourUserId: string,
): Promise<boolean | StorageFailure> {
  const read = await store.get(projectObject(taskId), MAX_PROJECT_BYTES);
  switch (read.kind) {
    case 'refused':
    case 'unavailable':
      return read;
    case 'absent':
      return false;
    case 'too_large':
      return true;
    case 'object':
      break;
  }
  if (read.bytes.length === 0) return false;
  const project = projectForm.safeParse(parseJson(read.bytes));
  if (!project.success) return true;
  const task = { ...taskKeys(taskId, worker), title: isTitle };
  return saysOther(project.data, {
    project_id: (value) => value === taskId,
    title: isTitle,
    source: (value) => value === 'agrenting.com',
    requester: (value) => value === ourUserId,
    mode: (value) => value === 'quick',
    plan_type: (value) => value === 'dag',
    // One task, and no other beside it.
    tasks: (value) => {
      const tasks = tasksForm.safeParse(value);
      return tasks.success && tasks.data.length <= 1 && !tasks.data.some((said) => saysOther(said, task));
    },
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}
