import { MESSAGES_FOLDER, SOURCE_FOLDER, type TaskId } from '@agrenting-hiclaw/core/domain';
import type { ObjectStore, StorageFailure } from './object-store.ts';
import { taskFolder } from './task-folder.ts';

/** An object of a task folder, by its name inside it. */
export interface FolderObject {
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

export type FolderListing =
  /** `complete` is false when there is more than is ever looked at. */
  | { readonly kind: 'listing'; readonly objects: readonly FolderObject[]; readonly complete: boolean }
  | StorageFailure;

const MAX_OBJECTS = 5_000;
const MAX_PAGES = 50;

/** Folders that a worker's tools leave behind, with thousands of files that nobody delivers (HiClaw reference, 9). */
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', '.git']);

/**
 * Lists a task folder, or what in it begins with `place`, in order of names; whole skipped folders are jumped over, not
 * read, unless they lie where only our own objects are.
 */
export async function listFolder(
  store: Pick<ObjectStore, 'list'>,
  taskId: TaskId,
  place = '',
): Promise<FolderListing> {
  const prefix = taskFolder(taskId);
  const objects: FolderObject[] = [];
  let after = '';
  for (let page = 0; page < MAX_PAGES && objects.length <= MAX_OBJECTS; page += 1) {
    const listed = await store.list(`${prefix}${place}`, after);
    if (listed.kind !== 'objects') return listed;
    let skipped: string | undefined;
    for (const { key, sizeBytes, etag } of listed.objects) {
      if (!key.startsWith(prefix)) continue;
      const name = key.slice(prefix.length);
      skipped = skippedFolder(name);
      // Some tools store a folder as an empty object.
      if (skipped === undefined && name !== '' && !name.endsWith('/'))
        objects.push({ name, sizeBytes, etag });
    }
    const last = listed.objects.at(-1);
    if (!listed.more || last === undefined) return { kind: 'listing', objects, complete: true };
    after = skipped === undefined ? last.key : `${prefix}${skipped}${LAST_CHARACTER}`;
  }
  return { kind: 'listing', objects: objects.slice(0, MAX_OBJECTS), complete: false };
}

const OWN_FOLDERS = [MESSAGES_FOLDER, SOURCE_FOLDER];

/** Comes after every name in a folder, so that a listing goes on behind it. */
const LAST_CHARACTER = '\u{10ffff}';

/** The outermost skipped folder that a name lies in, with its slash. */
function skippedFolder(name: string): string | undefined {
  const parts = name.split('/');
  const index = parts.slice(0, -1).findIndex((part) => SKIPPED.has(part));
  if (index !== -1 && OWN_FOLDERS.some((folder) => name.toLowerCase().startsWith(folder))) return undefined;
  return index === -1 ? undefined : `${parts.slice(0, index + 1).join('/')}/`;
}
