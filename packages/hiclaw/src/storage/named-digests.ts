import type { NamedDigest, TaskId } from '@agrenting-hiclaw/core/domain';
import { taskFolder } from './task-folder.ts';

/** More than files of one result; what comes after them names nothing. */
const MAX_DIGESTS = 1_000;

/** A line as `sha256sum` prints it, which may be an item of a list. */
const SUM =
  /^[\s>*+-]{0,20}(?:SHA-?256\s{0,3}[:：]\s{0,3})?`?([0-9a-f]{64})`?\s{1,4}[*`]{0,2}(\S.{0,1023})$/i;

const DIGEST = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gi;
/** Digests whose lines are looked at. */
const MAX_LOOKED = 5_000;
/** More than may stand before the digest in such a line, and behind its beginning. */
const MAX_BEFORE = 64;
const MAX_BEHIND = 1_200;

/** Whether a line says which SHA-256 a file has. */
export function isDigestLine(line: string): boolean {
  return SUM.test(line);
}

/** Which SHA-256 an answer names for which file of its task folder, anywhere in its text, in the form of `sha256sum`. */
export function namedDigests(taskId: TaskId, text: string): readonly NamedDigest[] {
  const digests: NamedDigest[] = [];
  let looked = 0;
  for (const { index } of text.matchAll(DIGEST)) {
    looked += 1;
    const [, sha256, path] = SUM.exec(lineAround(text, index)) ?? [];
    if (sha256 !== undefined && path !== undefined) {
      digests.push({ name: nameOf(taskId, path), sha256: sha256.toLowerCase() });
    }
    if (digests.length === MAX_DIGESTS || looked === MAX_LOOKED) break;
  }
  return digests;
}

/** The line in which a digest stands, as far as one of `sha256sum` may reach. */
function lineAround(text: string, index: number): string {
  const before = text.slice(Math.max(0, index - MAX_BEFORE), index).split(/[\r\n]/);
  const [after = ''] = text.slice(index, index + MAX_BEHIND).split(/[\r\n]/, 1);
  return `${before.at(-1) ?? ''}${after}`;
}

/** The name inside the task folder; a path that leads elsewhere is the name of no file in it. */
function nameOf(taskId: TaskId, path: string): string {
  const bare = path.trim().replace(/`$/, '');
  const folder = taskFolder(taskId);
  const at = bare.indexOf(folder);
  return at === -1 ? bare.replace(/^\.\//, '') : bare.slice(at + folder.length);
}
