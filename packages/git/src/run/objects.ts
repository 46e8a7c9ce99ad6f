import { createYielder } from './event-loop.ts';
import { GitFailure, type Workspace } from './workspace.ts';

/** One object of a repository, as `git cat-file` gives it. */
export interface RepositoryObject {
  readonly id: string;
  readonly type: string;
  readonly bytes: Buffer;
}

export interface ObjectSize {
  readonly id: string;
  readonly type: string;
  /** Unpacked. */
  readonly sizeBytes: number;
}

export interface TreeEntry {
  /** Octal, such as `100644`. */
  readonly mode: string;
  /** Names need not be text. */
  readonly name: Buffer;
  readonly id: string;
}

/** As many are asked for at a time. */
const MAX_ASKED = 20_000;
const MAX_HEADER_BYTES = 100;
const SIZE_LINE = /^([0-9a-f]{40}) (\w{3,10}) (\d{1,15})$/;

/** How large objects are, without unpacking them. Throws a GitFailure when one is missing. */
export async function sizesOf(workspace: Workspace, ids: readonly string[]): Promise<readonly ObjectSize[]> {
  const sizes: ObjectSize[] = [];
  const yieldTurn = createYielder();
  for (let at = 0; at < ids.length; at += MAX_ASKED) {
    const output = await workspace.read(['cat-file', '--batch-check'], {
      input: `${ids.slice(at, at + MAX_ASKED).join('\n')}\n`,
    });
    for (const line of output.toString('latin1').split('\n')) {
      if (line !== '') sizes.push(sizeIn(line));
      await yieldTurn();
    }
  }
  return sizes;
}

/**
 * Objects with their contents, which together may be `maxBytes` large: more throws a GitFailure, as does a missing one.
 * Callers that need many ask for their sizes first.
 */
export async function objectsOf(
  workspace: Workspace,
  ids: readonly string[],
  maxBytes: number,
): Promise<readonly RepositoryObject[]> {
  if (ids.length === 0) return [];
  const output = await workspace.read(['cat-file', '--batch'], {
    input: `${ids.join('\n')}\n`,
    maxOutputBytes: maxBytes + ids.length * MAX_HEADER_BYTES,
  });
  const yieldTurn = createYielder();
  const objects: RepositoryObject[] = [];
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0x0a, at);
    const { id, type, sizeBytes } = sizeIn(output.toString('latin1', at, end === -1 ? output.length : end));
    objects.push({ id, type, bytes: output.subarray(end + 1, end + 1 + sizeBytes) });
    at = end + 1 + sizeBytes + 1;
    await yieldTurn();
  }
  return objects;
}

/** One object by any name of it; undefined when there is none or it is larger than `maxBytes`. */
export async function tryObject(
  workspace: Workspace,
  name: string,
  maxBytes: number,
): Promise<RepositoryObject | undefined> {
  const answer = await workspace.read(['cat-file', '--batch-check'], { input: `${name}\n` });
  const line = answer.toString('utf8').trimEnd();
  if (!SIZE_LINE.test(line)) return undefined;
  const { id, sizeBytes } = sizeIn(line);
  return sizeBytes > maxBytes ? undefined : (await objectsOf(workspace, [id], maxBytes))[0];
}

function sizeIn(line: string): ObjectSize {
  const [, id, type, size] = SIZE_LINE.exec(line) ?? [];
  if (id === undefined || type === undefined || size === undefined)
    throw new GitFailure({ kind: 'refused', problem: 'the repository is not complete' });
  return { id, type, sizeBytes: Number(size) };
}

/** How many objects a repository has. */
export async function countObjects(workspace: Workspace): Promise<number> {
  const text = await workspace.must(['count-objects', '-v']);
  const [, loose, packed] = /^count: (\d{1,15})$[^]{0,1000}?^in-pack: (\d{1,15})$/m.exec(text) ?? [];
  return Number(loose) + Number(packed);
}

/** The entries of one tree, one after the other. Ends early at what is no entry: git has checked trees before. */
export function* entriesOf(tree: Buffer): Generator<TreeEntry> {
  for (let at = 0; at < tree.length;) {
    const space = tree.indexOf(0x20, at);
    const end = space === -1 ? -1 : tree.indexOf(0, space);
    if (end === -1 || end + 21 > tree.length) return;
    yield {
      mode: tree.toString('latin1', at, space),
      name: tree.subarray(space + 1, end),
      id: tree.toString('hex', end + 1, end + 21),
    };
    at = end + 21;
  }
}

/** The commits after one and up to another, oldest first. */
export async function commitsBetween(
  workspace: Workspace,
  after: string,
  upTo: string,
): Promise<readonly string[]> {
  const text = await workspace.must(['rev-list', '--reverse', '--topo-order', `${after}..${upTo}`]);
  return text === '' ? [] : text.split('\n');
}

export async function hasCommit(workspace: Workspace, commit: string): Promise<boolean> {
  // 128: there is nothing of that name.
  return await workspace.asks(['cat-file', '-e', `${commit}^{commit}`], [1, 128]);
}

/** Whether one commit is in the history of another; both must be there. */
export async function isWithin(workspace: Workspace, commit: string, tip: string): Promise<boolean> {
  return await workspace.asks(['merge-base', '--is-ancestor', commit, tip]);
}

/** The trees of commits. */
export async function treesOf(workspace: Workspace, commits: readonly string[]): Promise<readonly string[]> {
  const names = commits.map((commit) => `${commit}^{tree}`);
  return (await sizesOf(workspace, names)).map(({ id }) => id);
}

/** The names of the files that differ between two commits. */
export async function filesBetween(
  workspace: Workspace,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const output = await workspace.read(['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to]);
  return output
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
}
