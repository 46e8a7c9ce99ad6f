import { deliveredNames, type TaskId } from '@agrenting-hiclaw/core/domain';
import { copyOut, type CopiedObject, type ObjectStore } from '@agrenting-hiclaw/hiclaw';
import type { ArchiveFile } from './archive.ts';
import type { Redactor } from './redactor.ts';

/** The objects of all attempts' task folders, and what `objects.json` says of them. */
export interface TaskObjects {
  readonly files: readonly ArchiveFile[];
  readonly folders: readonly FolderNote[];
  readonly problems: readonly string[];
}

interface FolderNote {
  readonly taskId: TaskId;
  readonly folder: string;
  readonly complete?: boolean | undefined;
  readonly problem?: string | undefined;
  readonly objects: readonly object[];
}

const MAX_OBJECTS = 500;
const MAX_BYTES = 100 * 1024 * 1024;

/** Reads the task folders, one after the other, within bounds for all of them. A storage that does not answer is asked once. */
export async function readTaskObjects(
  store: Pick<ObjectStore, 'list' | 'get'>,
  taskIds: readonly TaskId[],
  redactor: Redactor,
): Promise<TaskObjects> {
  const files: ArchiveFile[] = [];
  const folders: FolderNote[] = [];
  const problems: string[] = [];
  let bounds = { maxObjects: MAX_OBJECTS, maxBytes: MAX_BYTES };
  let away: string | undefined;
  for (const taskId of taskIds) {
    const folder = `shared/tasks/${taskId}/`;
    const outcome =
      away === undefined
        ? await copyOut(store, taskId, bounds)
        : ({ kind: 'unavailable', problem: away } as const);
    if (outcome.kind === 'unavailable') {
      if (away === undefined) problems.push(outcome.problem);
      away = outcome.problem;
      folders.push({ taskId, folder, problem: outcome.problem, objects: [] });
      continue;
    }
    const { objects, complete } = outcome;
    const taken = objects.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
    bounds = { maxObjects: bounds.maxObjects - objects.length, maxBytes: bounds.maxBytes - taken };
    if (!complete) problems.push(`${folder} has more objects than the ${MAX_OBJECTS} that are looked at`);
    const paths = deliveredNames(objects.map(({ name }) => redactor.text(name)));
    folders.push({
      taskId,
      folder,
      complete,
      objects: objects.map((object, index) => {
        const { file, note } = fileOf(object, `task/${taskId}/${paths[index] ?? ''}`, redactor);
        if (file !== undefined) files.push(file);
        if (object.problem !== undefined) problems.push(`${folder}${object.name} ${object.problem}`);
        return note;
      }),
    });
  }
  return { files, folders, problems };
}

function fileOf(
  { name, sizeBytes, etag, sha256, bytes, problem }: CopiedObject,
  path: string,
  redactor: Redactor,
): { readonly file: ArchiveFile | undefined; readonly note: object } {
  const note = { name, sizeBytes, sha256, etag, problem };
  if (bytes === undefined) return { file: undefined, note };
  const clean = redactor.bytes(bytes);
  return { file: { name: path, bytes: clean.bytes }, note: { ...note, file: path, redacted: clean.count } };
}
