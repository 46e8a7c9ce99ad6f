import { inQuotes, deliveredNames, type TaskId } from '@agrenting-hiclaw/core/domain';
import { exportFolder, type CopiedObject, type ObjectStore } from '@agrenting-hiclaw/hiclaw';
import type { ArchiveFile } from './archive.ts';
import type { Redactor } from './redactor.ts';

interface FolderNote {
  readonly taskId: TaskId;
  readonly folder: string;
  readonly complete?: boolean | undefined;
  readonly problem?: string | undefined;
  readonly objects: readonly object[];
}

const MAX_OBJECTS = 500;
const MAX_BYTES = 100 * 1024 * 1024;

/** The objects of all attempts' task folders, and what `objects.json` says of them. */
export class TaskObjects {
  readonly folders: FolderNote[] = [];
  readonly problems: string[] = [];
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Reads them one after the other, within bounds for all of them. A storage that does not answer is asked once. */
  async *read(
    store: Pick<ObjectStore, 'list' | 'get'>,
    taskIds: readonly TaskId[],
  ): AsyncGenerator<ArchiveFile> {
    let bounds = { maxObjects: MAX_OBJECTS, maxBytes: MAX_BYTES };
    let away: string | undefined;
    for (const taskId of taskIds) {
      const folder = `shared/tasks/${taskId}/`;
      const outcome =
        away === undefined
          ? await exportFolder(store, taskId, bounds)
          : ({ kind: 'unavailable', problem: away } as const);
      if (outcome.kind === 'unavailable') {
        if (away === undefined) this.problems.push(outcome.problem);
        away = outcome.problem;
        this.folders.push({ taskId, folder, problem: outcome.problem, objects: [] });
        continue;
      }
      const { names, complete, objects } = outcome;
      if (!complete) {
        this.problems.push(`${folder} has more objects than the ${MAX_OBJECTS} that are looked at`);
      }
      const paths = deliveredNames(names.map((name) => this.#redactor.text(name)));
      const notes: object[] = [];
      for await (const object of objects) {
        const path = `task/${taskId}/${paths[notes.length] ?? ''}`;
        bounds = {
          maxObjects: bounds.maxObjects - 1,
          maxBytes: bounds.maxBytes - (object.bytes?.length ?? 0),
        };
        const { file, note } = await this.#fileOf(object, path);
        notes.push(note);
        if (object.problem !== undefined)
          this.problems.push(`${inQuotes(`${folder}${object.name}`)} ${object.problem}`);
        if (file !== undefined) yield file;
      }
      this.folders.push({ taskId, folder, complete, objects: notes });
    }
  }

  async #fileOf(
    { name, sizeBytes, etag, sha256, bytes, problem }: CopiedObject,
    path: string,
  ): Promise<{ readonly file: ArchiveFile | undefined; readonly note: object }> {
    const note = { name, sizeBytes, sha256, etag, problem };
    if (bytes === undefined) return { file: undefined, note };
    const { pieces, count } = await this.#redactor.pieces(bytes);
    return { file: { name: path, pieces }, note: { ...note, file: path, redacted: count } };
  }
}
