import {
  isWorkerObject,
  RESULT_OBJECT,
  type DeliveredFile,
  type TaskId,
} from '@agrenting-hiclaw/core/domain';
import type { FolderObject } from './folder-listing.ts';
import type { TaskMeta } from './meta.ts';
import { folderNames, keyOf, lastPart, readItem } from './named-files.ts';
import { taskFolder } from './task-folder.ts';

/** Files of one result at most. */
const MAX_FILES = 500;

export interface DeliveredFiles {
  readonly files: readonly DeliveredFile[];
  /** How many more there are than one result may have. */
  readonly leftOut: number;
}

/**
 * Where the answer stands: in `result.md`; only where there is none, in what the marker names, if that can be a worker's.
 * Others may write to the marker without anything moving that is looked at.
 */
export function answerObject(
  taskId: TaskId,
  meta: TaskMeta | undefined,
  objects: readonly FolderObject[],
): FolderObject | undefined {
  const named = meta?.resultPath === undefined ? undefined : nameInFolder(taskId, meta.resultPath);
  const find = (wanted: string | undefined) =>
    objects.find(({ name }) => name === wanted && isWorkerObject(name));
  return find(RESULT_OBJECT) ?? find(named);
}

/** The named deliverables first, then whatever else the worker put there and is no notebook of its own. */
export function deliveredFiles(
  taskId: TaskId,
  named: readonly string[],
  objects: readonly FolderObject[],
  resultObject: string | undefined,
): DeliveredFiles {
  const candidates = objects.filter(({ name }) => isWorkerObject(name) && name !== resultObject);
  const there = folderNames(candidates.map(({ name }) => name));
  const names = new Set(named.flatMap((item) => readItem(taskId, item, there).found));
  const folders = [...names].filter((name) => name.endsWith('/'));
  const isNamed = ({ name }: FolderObject) =>
    names.has(name) || folders.some((folder) => name.startsWith(folder));
  const first = candidates.filter(isNamed);
  const others = candidates.filter((object) => !isNamed(object) && !isNotebook(object.name));
  const all = [...first, ...others].map(({ name, sizeBytes }) => ({ name, sizeBytes }));
  return { files: all.slice(0, MAX_FILES), leftOut: Math.max(0, all.length - MAX_FILES) };
}

/** A path as a worker writes it, as a name inside the task folder; undefined when it leads elsewhere. */
function nameInFolder(taskId: TaskId, path: string): string | undefined {
  const bare = /^[`"'[(]{0,9}([^`"'\s\])]{1,1024})/.exec(path.trim())?.[1] ?? '';
  const folder = taskFolder(taskId);
  const at = bare.indexOf(folder);
  const name = at === -1 ? bare.replace(/^\.\//, '') : bare.slice(at + folder.length);
  const leadsOut = name === '' || name.startsWith('/') || name.split('/').includes('..');
  return leadsOut ? undefined : name.replace(/[:,;]$/, '');
}

/**
 * A file that is named by its full path and is not there: the worker forgot to push it. One that lies in another folder, and is
 * named by nothing else, is there.
 */
export function missingDeliverable(
  taskId: TaskId,
  named: readonly string[],
  objects: readonly FolderObject[],
): string | undefined {
  const names = folderNames(objects.map(({ name }) => name));
  const items = named
    .filter((item) => item.includes(taskFolder(taskId)))
    .map((item) => readItem(taskId, item, names));
  const taken = new Set(items.flatMap(({ found }) => found));
  return items.flatMap(({ missing }) => missing).find((name) => !names.hasElsewhere(name, taken));
}

/** An item of a list that is nothing but the name of a file, as models write one, or begins with it and goes on about it. */
const PROMISE =
  /^[*_]{0,3}(?:\[[^\]\n]{1,300}\]\(([^)\s]{1,1024})\)|[`"'(<]{0,3}([^`"'*\s)>\]（，、；：]{1,1024}))[`"'*_)>]{0,9}\s{0,9}(?:$|[-–—:(,;（：，、；])/u;
/** Before the name: a check box, or a picture. */
const BEFORE_NAME = /^(?:\[[ xX]?\]|\p{Extended_Pictographic}|\uFE0F|\s){1,20}/u;
const FILE_NAME = /[\p{L}\p{N}_-]\.(?=\d{0,7}[a-z])[a-z\d]{1,8}$/iu;
/** What is named like a file and is a site. */
const SITE = /\.(?:com|org|net|io|dev|app)$/i;

/**
 * Files that a list of deliverables names in whatever way, and that lie nowhere in the folder under that name: the worker
 * forgot to push them. What is no name of a file is left alone.
 */
export function promisedButMissing(
  taskId: TaskId,
  named: readonly string[],
  objects: readonly FolderObject[],
): readonly string[] {
  const there = new Set(objects.map(({ name }) => keyOf(lastPart(name))));
  const names = folderNames(objects.map(({ name }) => name));
  return named.flatMap((item) => {
    if (readItem(taskId, item, names).found.length > 0) return [];
    const found = PROMISE.exec(item.trim().replace(BEFORE_NAME, ''));
    const path = (found?.[1] ?? found?.[2] ?? '').replaceAll(/\\(?=[_*~-])/g, '').replace(/[.:,;]{1,3}$/, '');
    const name = lastPart(path);
    const isFile = FILE_NAME.test(name) && !path.includes('://') && !SITE.test(path);
    return !isFile || there.has(keyOf(name)) ? [] : [name];
  });
}

function isNotebook(name: string): boolean {
  return name === 'plan.md' || name.startsWith('progress/') || name.startsWith('workspace/');
}
