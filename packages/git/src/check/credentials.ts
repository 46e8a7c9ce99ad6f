import {
  describeCredential,
  scanForCredentials,
  secretsOf,
  type CredentialFinding,
  type KnownSecrets,
  type PushOrder,
} from '@agrenting-hiclaw/core/domain';
import type { Change } from '../apply/commits.ts';
import { createYielder } from '../run/event-loop.ts';
import { entriesOf, objectsOf, sizesOf, tryObject, type ObjectSize } from '../run/objects.ts';
import type { Workspace } from '../run/workspace.ts';
import { shownPath } from './changed-paths.ts';

/** A larger file is held, and so is what goes beyond so much of all files. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_ALL_BYTES = 128 * 1024 * 1024;
/** A commit is a message and some names. */
const MAX_COMMIT_BYTES = 1024 * 1024;
const MAX_TREE_BYTES = 32 * 1024 * 1024;
/** So much is read at a time. */
const MAX_READ_BYTES = 32 * 1024 * 1024;
/** Larger files are not compared with what they were. */
const MAX_COMPARED_BYTES = 1024 * 1024;
/** At most so many are named. */
const MAX_FINDINGS = 10;

const LINE_END = Buffer.from('\n');
const UNCHECKED: CredentialFinding = { code: 'unchecked' };

interface NewObject extends ObjectSize {
  /** Where it was first met; empty for a commit. */
  readonly path: string;
}

/**
 * What of credentials the commits of a change seem to bring into the repository, and where, such as "a GitHub token in
 * "src/a.ts""; at most ten. Every new object is looked at as the bytes that are pushed, whatever a diff would show of it:
 * files, names, and commits with all their headers. What a later commit takes away stays in the history. Lines that a file
 * had in `onto` are none of the change's.
 */
export async function credentialsInChange(
  workspace: Workspace,
  { access }: Pick<PushOrder, 'access'>,
  secrets: KnownSecrets,
  { onto, tip }: Extract<Change, { kind: 'change' }>,
): Promise<readonly string[]> {
  const known = secretsOf({ repoToken: access.token }, secrets);
  const found = new Set<string>();
  const note = (finding: CredentialFinding | undefined, where: string): void => {
    if (finding !== undefined && found.size < MAX_FINDINGS)
      found.add(`${describeCredential(finding)} in ${where}`);
  };

  const objects = await newObjects(workspace, onto, tip);
  const ofType = (type: string): readonly NewObject[] => objects.filter((each) => each.type === type);

  for await (const { bytes } of contentsOf(workspace, ofType('commit'), MAX_COMMIT_BYTES)) {
    if (bytes === undefined) {
      note(UNCHECKED, 'the header of a commit');
      continue;
    }
    const end = bytes.indexOf('\n\n');
    note(
      await scanForCredentials(bytes.subarray(0, end === -1 ? bytes.length : end), known),
      'the header of a commit',
    );
    if (end !== -1) note(await scanForCredentials(bytes.subarray(end), known), 'the message of a commit');
  }
  for await (const { bytes } of contentsOf(workspace, ofType('tree'), MAX_TREE_BYTES)) {
    const names = bytes === undefined ? undefined : await namesIn(bytes);
    note(names === undefined ? UNCHECKED : await scanForCredentials(names, known), 'the name of a file');
  }
  for await (const { object, bytes } of contentsOf(workspace, ofType('blob'), MAX_FILE_BYTES)) {
    const finding = bytes === undefined ? UNCHECKED : await scanForCredentials(bytes, known);
    if (finding === undefined) continue;
    const isOld = bytes !== undefined && !(await isNew(workspace, onto, object.path, bytes, known));
    if (!isOld) note(finding, shownPath(object.path));
  }
  return [...found];
}

/** The names of a tree, one a line. */
async function namesIn(tree: Buffer): Promise<Buffer> {
  const lines: Buffer[] = [];
  const yieldTurn = createYielder();
  for (const { name } of entriesOf(tree)) {
    lines.push(name, LINE_END);
    await yieldTurn();
  }
  return Buffer.concat(lines);
}

/** Every object that one commit brings on top of another. Git ends a path at a line end. */
async function newObjects(workspace: Workspace, onto: string, tip: string): Promise<readonly NewObject[]> {
  const output = await workspace.read(['rev-list', '--objects', `${onto}..${tip}`]);
  const lines = output
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const sizes = await sizesOf(
    workspace,
    lines.map((line) => line.slice(0, 40)),
  );
  return sizes.map(({ id, type, sizeBytes }, at) => ({
    id,
    type,
    sizeBytes,
    path: lines[at]?.slice(41) ?? '',
  }));
}

/** The contents of objects, a few at a time; undefined for those that are too large. */
async function* contentsOf(
  workspace: Workspace,
  objects: readonly NewObject[],
  maxBytes: number,
): AsyncGenerator<{ readonly object: NewObject; readonly bytes: Buffer | undefined }> {
  let leftBytes = MAX_ALL_BYTES;
  let batch: NewObject[] = [];
  let batchBytes = 0;
  const read = async (): Promise<readonly { readonly object: NewObject; readonly bytes: Buffer }[]> => {
    const asked = new Map(batch.map((object) => [object.id, object]));
    const contents = await objectsOf(workspace, [...asked.keys()], batchBytes);
    batch = [];
    batchBytes = 0;
    return contents.flatMap(({ id, bytes }) => {
      const object = asked.get(id);
      return object === undefined ? [] : [{ object, bytes }];
    });
  };
  for (const object of objects) {
    leftBytes -= object.sizeBytes;
    if (object.sizeBytes > maxBytes || leftBytes < 0) {
      yield { object, bytes: undefined };
      continue;
    }
    if (batchBytes + object.sizeBytes > MAX_READ_BYTES) yield* await read();
    batch.push(object);
    batchBytes += object.sizeBytes;
  }
  yield* await read();
}

/** Whether what was found is in a line that the file did not have before. */
async function isNew(
  workspace: Workspace,
  onto: string,
  path: string,
  bytes: Buffer,
  known: KnownSecrets,
): Promise<boolean> {
  if (bytes.length > MAX_COMPARED_BYTES) return true;
  const before = await tryObject(workspace, `${onto}:${path}`, MAX_COMPARED_BYTES);
  if (before?.type !== 'blob') return true;
  const lines = new Set(before.bytes.toString('latin1').split('\n'));
  const added = bytes
    .toString('latin1')
    .split('\n')
    .filter((line) => !lines.has(line));
  return (await scanForCredentials(Buffer.from(added.join('\n'), 'latin1'), known)) !== undefined;
}
