import { createInflate, inflateSync } from 'node:zlib';
import { SOURCE_BRANCH, type PushOrder } from '@agrenting-hiclaw/core/domain';
import { checkContents } from '../check/contents.ts';
import type { GitSettings, PackLimits } from '../options.ts';
import { createYielder } from '../run/event-loop.ts';
import { commitsBetween } from '../run/objects.ts';
import { unusable, type Workspace } from '../run/workspace.ts';
import { ADAPTER, CHANGES_NOTHING, tooManyCommits, type Change } from './commits.ts';

/** Takes a worker's commits over from a bundle, as they are. Each must stand on the base. */
export async function bundleChange(
  workspace: Workspace,
  order: PushOrder,
  settings: GitSettings,
): Promise<Change> {
  const { base } = order;
  const howTo = `make it with \`git bundle create result.bundle ${base.commit.slice(0, 12)}..HEAD HEAD\``;
  const bundle = readBundleFile(order.delivery.bytes);
  if (bundle.kind === 'unreadable') return unusable(`the bundle cannot be read: ${howTo}`);
  if ([...bundle.heads.values()].every((head) => head === base.commit)) return CHANGES_NOTHING;
  const tooMuch = await packProblem(bundle.pack, settings.pack);
  if (tooMuch !== undefined) return unusable(`the bundle cannot be worked on: ${tooMuch}`);
  // Strict: what git or the host would choke on later is found here.
  const indexed = await workspace.git(['index-pack', '--stdin', '--fix-thin', '--strict'], {
    input: bundle.pack,
  });
  if (indexed.exitCode !== 0)
    return unusable(
      `the bundle does not fit the commit that was given: ${howTo} (${workspace.quote(indexed.complaint)})`,
    );
  const tip = await tipOf(workspace, bundle.heads, base.commit);
  if (tip === 'no_commit')
    return unusable('the bundle ends with something that is no commit: put a branch into it');
  if (tip === 'several')
    return unusable(
      `the bundle holds several branches and no HEAD, so it is not clear which is meant: ${howTo}`,
    );
  return tip === base.commit ? CHANGES_NOTHING : await standing(workspace, base.commit, tip, settings);
}

/** A worker's commits, when each stands on the base, and they are complete and not too much. */
async function standing(
  workspace: Workspace,
  base: string,
  tip: string,
  settings: GitSettings,
): Promise<Change> {
  const { maxCommits } = settings;
  const range = `${base}..${tip}`;
  const count = (more: readonly string[]): Promise<string> =>
    workspace.must(['rev-list', '--count', ...more, range]);
  const number = Number(await count([]));
  if (number > maxCommits) return unusable(tooManyCommits(number, maxCommits));
  if (number === 0 || Number(await count(['--ancestry-path'])) !== number)
    return unusable(
      `the bundle holds commits that do not stand on ${base.slice(0, 12)}, the one that was given: rebase them onto it`,
    );
  // Work that was pushed is found again by the adapter as its committer, so a worker's commit must not say so.
  const forged = ['--fixed-strings', `--committer=${ADAPTER.email}`];
  if (Number(await count(forged)) > 0)
    return unusable(
      `a commit of the bundle names ${ADAPTER.email} as its committer: commit under another name`,
    );
  const commits = await commitsBetween(workspace, base, tip);
  const excess = await checkContents(workspace, commits, settings);
  if (excess !== undefined) return excess;
  const complete = await workspace.git(['rev-list', '--objects', '--quiet', range]);
  return complete.exitCode === 0
    ? { kind: 'change', onto: base, tip, commits }
    : unusable(`the bundle is not complete (${workspace.quote(complete.complaint)})`);
}

/** No bundle of a worker has as many ends that are told apart. */
const MAX_ENDS = 20;

/**
 * The commit that a bundle is for: what was checked out, else the only one that is not the base, else the one that all
 * others lead to, else the branch that the worker was given. What an annotated tag names counts as that commit.
 */
async function tipOf(
  workspace: Workspace,
  heads: ReadonlyMap<string, string>,
  base: string,
): Promise<string> {
  const commits = await commitsNamed(workspace, heads);
  const head = commits.get('HEAD');
  if (heads.has('HEAD') && head === undefined) return 'no_commit';
  if (head !== undefined && head !== base) return head;
  const ends = [...new Set(commits.values())].filter((commit) => commit !== base);
  const [first] = ends;
  if (first === undefined) return commits.size === 0 ? 'no_commit' : base;
  if (ends.length === 1) return first;
  const last = ends.length > MAX_ENDS ? undefined : await lastOf(workspace, ends);
  if (last !== undefined) return last;
  const given = commits.get(`refs/heads/${SOURCE_BRANCH}`);
  return given === undefined || given === base ? 'several' : given;
}

/** The one that all others lead to. */
async function lastOf(workspace: Workspace, ends: readonly string[]): Promise<string | undefined> {
  // `merge-base --independent` leaves out what leads to another of them.
  const independent = await workspace.git(['merge-base', '--independent', ...ends]);
  const [only, more] = independent.output.toString('latin1').trim().split('\n');
  return independent.exitCode === 0 && only !== undefined && more === undefined ? only : undefined;
}

/** The commits that the names of a bundle lead to, through annotated tags; without names of anything else. */
async function commitsNamed(
  workspace: Workspace,
  heads: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const names = [...heads.keys()];
  const output = await workspace.read(['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    input: names.map((name) => `${heads.get(name) ?? ''}^{commit}\n`).join(''),
  });
  const lines = output.toString('latin1').split('\n');
  return new Map(
    names.flatMap((name, at) => {
      const [, commit] = /^([0-9a-f]{40}) commit$/.exec(lines[at] ?? '') ?? [];
      return commit === undefined ? [] : [[name, commit] as const];
    }),
  );
}

/** A git bundle, taken apart: what it says it holds, and the pack that follows. */
type BundleFile =
  | {
      readonly kind: 'bundle';
      /** Commit ids by full name of the reference, `HEAD` among them. */
      readonly heads: ReadonlyMap<string, string>;
      readonly pack: Buffer;
    }
  | { readonly kind: 'unreadable' };

const FIRST_LINE = /^# v[23] git bundle$/;
const HEAD_LINE = /^([0-9a-f]{40}) (\S+)$/;
/** What has to be there already, and how ids are written. */
const OTHER_LINE = /^(-[0-9a-f]{40}( .*)?|@object-format=sha1)$/;
const MAX_HEADER_BYTES = 256 * 1024;
const MAX_HEADER_LINES = 1_000;

export function readBundleFile(bytes: Buffer): BundleFile {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf('\n\n');
  if (end === -1) return { kind: 'unreadable' };
  const [first = '', ...lines] = bytes.subarray(0, end).toString('utf8').split('\n');
  if (!FIRST_LINE.test(first) || lines.length > MAX_HEADER_LINES) return { kind: 'unreadable' };
  const heads = new Map<string, string>();
  for (const line of lines) {
    const [, commit, ref] = HEAD_LINE.exec(line) ?? [];
    if (commit !== undefined && ref !== undefined) heads.set(ref, commit);
    else if (!OTHER_LINE.test(line)) return { kind: 'unreadable' };
  }
  return { kind: 'bundle', heads, pack: bytes.subarray(end + 2) };
}

const HEADER_BYTES = 12;
const CHECKSUM_BYTES = 20;
const OFS_DELTA = 6;
const REF_DELTA = 7;
/** Less than this is unpacked at once. */
const SMALL_BYTES = 64 * 1024;
/** So much of a delta says how large what it makes is. */
const DELTA_HEADER_BYTES = 20;

/**
 * Why a pack is too much to be unpacked, or cannot be: undefined when nothing is wrong that can be seen without git. Every
 * object says how large it is, or, as a delta, how large what it makes is, so nothing is unpacked further than it says.
 */
export async function packProblem(pack: Buffer, limits: PackLimits): Promise<string | undefined> {
  if (pack.length < HEADER_BYTES + CHECKSUM_BYTES || pack.toString('latin1', 0, 4) !== 'PACK')
    return 'it holds no pack';
  const objects = pack.readUInt32BE(8);
  if (objects > limits.maxObjects) return tooMuch('objects', limits.maxObjects);
  const end = pack.length - CHECKSUM_BYTES;
  const yieldTurn = createYielder();
  let expandedBytes = 0;
  let at = HEADER_BYTES;
  for (let seen = 0; seen < objects; seen += 1) {
    const header = objectHeader(pack, at, end);
    if (header === undefined) return 'its pack cannot be read';
    if (header.sizeBytes > limits.maxObjectBytes) return tooMuch('bytes in one file', limits.maxObjectBytes);
    const unpacked = await inflated(pack.subarray(header.dataAt, end), header.sizeBytes);
    if (unpacked === undefined) return 'its pack cannot be read';
    const madeBytes = header.isDelta ? deltaResultBytes(unpacked.beginning) : header.sizeBytes;
    if (madeBytes === undefined) return 'its pack cannot be read';
    if (madeBytes > limits.maxObjectBytes) return tooMuch('bytes in one file', limits.maxObjectBytes);
    expandedBytes += madeBytes;
    if (expandedBytes > limits.maxExpandedBytes) return tooMuch('bytes', limits.maxExpandedBytes);
    at = header.dataAt + unpacked.takenBytes;
    await yieldTurn();
  }
  return at === end ? undefined : 'its pack cannot be read';
}

interface ObjectHeader {
  readonly isDelta: boolean;
  /** Of what is packed here: of a delta its own. */
  readonly sizeBytes: number;
  readonly dataAt: number;
}

function objectHeader(pack: Buffer, start: number, end: number): ObjectHeader | undefined {
  const first = pack[start];
  if (first === undefined || start >= end) return undefined;
  const type = (first >> 4) & 7;
  let sizeBytes = first & 0x0f;
  let factor = 16;
  let at = start + 1;
  for (let byte = first; (byte & 0x80) !== 0; at += 1) {
    const next = pack[at];
    if (next === undefined || at >= end || at - start > 8) return undefined;
    byte = next;
    sizeBytes += (byte & 0x7f) * factor;
    factor *= 128;
  }
  if (type === REF_DELTA) at += 20;
  else if (type === OFS_DELTA) {
    while (((pack[at] ?? 0) & 0x80) !== 0 && at < end) at += 1;
    at += 1;
  } else if (type === 0 || type === 5) return undefined;
  return at >= end ? undefined : { isDelta: type >= OFS_DELTA, sizeBytes, dataAt: at };
}

interface Inflated {
  readonly beginning: Buffer;
  /** How much of what was given it took. */
  readonly takenBytes: number;
}

/** Unpacks one object, as far as its size; undefined when it is none or another size than it says. */
async function inflated(packed: Buffer, sizeBytes: number): Promise<Inflated | undefined> {
  return sizeBytes > SMALL_BYTES ? inflatedInParts(packed, sizeBytes) : inflatedAtOnce(packed, sizeBytes);
}

function inflatedAtOnce(packed: Buffer, sizeBytes: number): Inflated | undefined {
  try {
    // With `info` it answers with the engine too, which knows how much it took; its types do not say so.
    const answer: unknown = inflateSync(packed, {
      info: true,
      maxOutputLength: sizeBytes + 1,
      chunkSize: 1024,
    });
    if (typeof answer !== 'object' || answer === null || !('buffer' in answer) || !('engine' in answer))
      return undefined;
    const { buffer, engine } = answer;
    if (!Buffer.isBuffer(buffer) || buffer.length !== sizeBytes) return undefined;
    if (typeof engine !== 'object' || engine === null || !('bytesWritten' in engine)) return undefined;
    const { bytesWritten } = engine;
    return typeof bytesWritten === 'number'
      ? { beginning: buffer.subarray(0, DELTA_HEADER_BYTES), takenBytes: bytesWritten }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Off the event loop, and without holding what comes out. */
async function inflatedInParts(packed: Buffer, sizeBytes: number): Promise<Inflated | undefined> {
  const inflate = createInflate();
  return new Promise((resolve) => {
    let beginning = Buffer.alloc(0);
    let madeBytes = 0;
    const settle = (result: Inflated | undefined) => {
      inflate.destroy();
      resolve(result);
    };
    inflate.on('error', () => settle(undefined));
    inflate.on('end', () =>
      settle(madeBytes === sizeBytes ? { beginning, takenBytes: inflate.bytesWritten } : undefined),
    );
    inflate.on('data', (chunk: Buffer) => {
      madeBytes += chunk.length;
      if (madeBytes > sizeBytes) settle(undefined);
      if (beginning.length < DELTA_HEADER_BYTES)
        beginning = Buffer.concat([beginning, chunk.subarray(0, DELTA_HEADER_BYTES)]);
    });
    inflate.end(packed);
  });
}

/** How large what a delta makes is: the second number at its beginning, after the size of what it is made from. */
function deltaResultBytes(beginning: Buffer): number | undefined {
  const base = numberAt(beginning, 0);
  return base === undefined ? undefined : numberAt(beginning, base.next)?.value;
}

function numberAt(
  bytes: Buffer,
  start: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  let factor = 1;
  for (let at = start; at < start + 8; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if ((byte & 0x80) === 0) return { value, next: at + 1 };
  }
  return undefined;
}

function tooMuch(what: string, most: number): string {
  return `it unpacks into more than ${most.toLocaleString('en')} ${what}`;
}
