import type { NamedDigest, TaskId } from '@agrenting-hiclaw/core/domain';
import { taskFolder } from './task-folder.ts';

/** More than files of one result; what comes after them names nothing. */
const MAX_DIGESTS = 1_000;

/** A line as `sha256sum` prints it, which may be an item of a list. */
const SUM =
  /^[\s>*+-]{0,20}(?:SHA-?256\s{0,3}[:：]\s{0,3})?`?([0-9a-f]{64})`?\s{1,4}[*`]{0,2}(\S.{0,1023})$/i;

/** Whether a line says which SHA-256 a file has. */
export function isDigestLine(line: string): boolean {
  return SUM.test(line);
}

/** Which SHA-256 an answer names for which file of its task folder, anywhere in its text, in the form of `sha256sum`. */
export function namedDigests(taskId: TaskId, text: string): readonly NamedDigest[] {
  const digests: NamedDigest[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, sha256, path] = SUM.exec(line) ?? [];
    if (sha256 === undefined || path === undefined) continue;
    digests.push({ name: nameOf(taskId, path), sha256: sha256.toLowerCase() });
    if (digests.length === MAX_DIGESTS) break;
  }
  return digests;
}

/** The name inside the task folder; a path that leads elsewhere is the name of no file in it. */
function nameOf(taskId: TaskId, path: string): string {
  const bare = path.trim().replace(/`$/, '');
  const folder = taskFolder(taskId);
  const at = bare.indexOf(folder);
  return at === -1 ? bare.replace(/^\.\//, '') : bare.slice(at + folder.length);
}
