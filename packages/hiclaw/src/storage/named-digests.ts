import type { NamedDigest, TaskId } from '@agrenting-hiclaw/core/domain';
import { taskFolder } from './task-folder.ts';

/** More than files of one result; what comes after them names nothing. */
const MAX_DIGESTS = 1_000;

/** A line as `sha256sum` prints it, which may be an item of a list, and in bold or code marks. */
const SUM =
  /^[\s>*+-]{0,20}(?:SHA-?256\s{0,3}[:：]\s{0,3})?[*`]{0,3}([0-9a-f]{64})[*`]{0,3}\s{1,4}[*`]{0,3}(\S.{0,1023})$/i;
/** One as `sha256sum --tag` prints it. */
const TAGGED = /^[\s>*+`-]{0,20}SHA2?-?256\s?\((\S.{0,1023})\)\s?=\s{0,3}`?([0-9a-f]{64})`?\s{0,9}$/i;
/** A row of a table with nothing but the two, in either order. */
const ROW = /^\s{0,9}\|([^|]{1,1100})\|([^|]{1,1100})\|\s{0,9}$/;
const BARE = /^[\s*`]{0,9}([0-9a-f]{64})[\s*`]{0,9}$/i;

/** What a line says of a file; undefined for any other line. */
function readLine(line: string): { readonly sha256: string; readonly path: string } | undefined {
  const [, sum, path] = SUM.exec(line) ?? [];
  if (sum !== undefined && path !== undefined) return { sha256: sum, path };
  const [, named, tagged] = TAGGED.exec(line) ?? [];
  if (named !== undefined && tagged !== undefined) return { sha256: tagged, path: named };
  const [, first = '', second = ''] = ROW.exec(line) ?? [];
  const [left, right] = [BARE.exec(first)?.[1], BARE.exec(second)?.[1]];
  if (left !== undefined && right === undefined) return { sha256: left, path: second };
  return right !== undefined && left === undefined ? { sha256: right, path: first } : undefined;
}

const DIGEST = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/gi;
/** Digests whose lines are looked at. */
const MAX_LOOKED = 5_000;
/** More than may stand before the digest in such a line, and behind its beginning. */
const MAX_BEFORE = 1_200;
const MAX_BEHIND = 1_200;

/** Whether a line says which SHA-256 a file has. */
export function isDigestLine(line: string): boolean {
  return readLine(line) !== undefined;
}

/** Which SHA-256 an answer names for which file of its task folder, anywhere in its text, in the forms of `sha256sum` or a row of a table. */
export function namedDigests(taskId: TaskId, text: string): readonly NamedDigest[] {
  const digests: NamedDigest[] = [];
  let looked = 0;
  for (const { index } of text.matchAll(DIGEST)) {
    looked += 1;
    const read = readLine(lineAround(text, index));
    if (read !== undefined)
      digests.push({ name: nameOf(taskId, read.path), sha256: read.sha256.toLowerCase() });
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
  const bare = path
    .trim()
    .replace(/^[*`]{1,3}/, '')
    .replace(/[*`]{1,3}$/, '');
  const folder = taskFolder(taskId);
  const at = bare.indexOf(folder);
  return at === -1 ? bare.replace(/^\.\//, '') : bare.slice(at + folder.length);
}
