import {
  artifactTypeOf,
  deliveredNamesOf,
  isWorkInFile,
  assessResult,
  knownSecretIn,
  saidBy,
  scanForCredentials,
  snapshotSha256,
  type AnswerDigests,
  type CheckedFile,
  type CheckedResult,
  type Collected,
  type HoldReason,
  type NamedDigest,
  type UnclearResult,
  type WorkerResult,
} from '@agrenting-hiclaw/core/domain';
import { secretsBefore, secretsIn, type AttemptContext } from '../context.ts';

/** A result as it was read: every byte of it once, for everything that is done with it. */
export interface Snapshot {
  readonly result: CheckedResult;
  /** Names it: see `snapshotSha256`. */
  readonly sha256: string;
  /** Of the object that holds the answer, as it lies in storage; undefined when there is none. */
  readonly answerSha256?: string | undefined;
  readonly answerSha256OtherEnd?: string | undefined;
  /** What the answer says of the files. */
  readonly digests: readonly NamedDigest[];
  /** What the answer names as delivered, and is not there. */
  readonly missing: readonly string[];
  /** Why it is not settled without a yes of its owner; undefined when nothing speaks against it. */
  readonly doubt: HoldReason | undefined;
}

export type Taken =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  /** A file went away while the result was read. */
  | { readonly kind: 'moved' }
  /** There is something, but nothing that could be settled. */
  | { readonly kind: 'unclear'; readonly why: UnclearResult }
  | Extract<Collected, { kind: 'failure' | 'question' | 'unavailable' }>;

/**
 * Reads what the worker delivered, and passes what was read through the gate: the answer, then file after file, each
 * once, so that what is judged is what its SHA-256 names (Agrenting API reference, 5.4).
 */
export async function takeSnapshot(context: AttemptContext): Promise<Taken> {
  const { attempt, ports } = context;
  const collected = await ports.storage.collect(attempt.taskId);
  switch (collected.kind) {
    case 'failure':
    case 'question':
    case 'unavailable':
      return collected;
    case 'unclear':
      return collected.result === undefined
        ? { kind: 'unclear', why: collected.why }
        : await completed(context, collected.result, collected);
    case 'result':
      return await completed(context, collected.result, collected);
  }
}

async function completed(
  context: AttemptContext,
  collected: WorkerResult,
  {
    why,
    answerSha256,
    answerSha256OtherEnd,
    digests = [],
    missing = [],
  }: Pick<Extract<Collected, { kind: 'result' }>, keyof AnswerDigests | 'digests' | 'missing'> & {
    readonly why?: UnclearResult;
  },
): Promise<Taken> {
  const delivered = withoutClone(context, collected);
  const read = await readFiles(context, delivered);
  if (read.kind !== 'files') return read;
  const { text, summary, notes } = delivered;
  const result: CheckedResult = { text, summary, notes, files: read.files };
  const gate = await assessResult(result, context.attempt.hiring, secretsBefore(context), read.hasWork);
  const unclear = why === undefined ? undefined : ({ code: 'result_unclear', unclear: why } as const);
  const doubt = unclear ?? (gate.kind === 'held' ? gate.reason : read.doubt);
  return {
    kind: 'snapshot',
    snapshot: {
      result,
      sha256: snapshotSha256({ kind: 'result', result }),
      answerSha256,
      answerSha256OtherEnd,
      digests,
      missing,
      doubt,
    },
  };
}

/** In push mode a worker may leave its clone in the folder: what lies deeper is no delivery of its own. */
function withoutClone({ attempt }: AttemptContext, result: WorkerResult): WorkerResult {
  if (attempt.progress.source === undefined) return result;
  return { ...result, files: result.files.filter(({ name }) => !name.includes('/')) };
}

type FilesRead =
  | {
      readonly kind: 'files';
      readonly files: readonly CheckedFile[];
      /** Whether there is work in any of them, so that an answer may do with pointing to it. */
      readonly hasWork: boolean;
      readonly doubt: HoldReason | undefined;
    }
  | { readonly kind: 'moved' }
  | Extract<Collected, { kind: 'unavailable' }>;

/** As much of the end of one file and of the beginning of the next is looked at together. */
const BRIDGE_BYTES = 4_096;

/** Reads each file once: its size, type and SHA-256 are of the bytes that were looked through for credentials. */
async function readFiles(context: AttemptContext, result: WorkerResult): Promise<FilesRead> {
  const { attempt, ports, settings } = context;
  const files: CheckedFile[] = [];
  const tooLarge: string[] = [];
  let credential: HoldReason | undefined;
  let hasWork = false;
  const known = secretsIn(context);
  // A secret may be dealt out over the answer and the files.
  let before = saidBy({ ...result, files: [] }).slice(-BRIDGE_BYTES);
  const names = deliveredNamesOf(result.files);
  for (const { name } of result.files) {
    const read = await ports.storage.read(attempt.taskId, name, settings.maxFileBytes);
    switch (read.kind) {
      case 'unavailable':
        return read;
      case 'absent':
        return { kind: 'moved' };
      case 'too_large':
        tooLarge.push(name);
        break;
      case 'file': {
        const { bytes, sha256 } = read;
        const type = artifactTypeOf(names.get(name) ?? '', bytes);
        files.push({ name, sizeBytes: bytes.length, sha256, type });
        hasWork ||= await isWorkInFile(bytes, attempt.hiring);
        if (credential !== undefined) break;
        const bridge = before + bytes.toString('utf8', 0, BRIDGE_BYTES);
        before = (before + bytes.toString('utf8', Math.max(0, bytes.length - BRIDGE_BYTES))).slice(
          -BRIDGE_BYTES,
        );
        const found = (await scanForCredentials(bytes, known)) ?? knownSecretIn(bridge, known);
        if (found !== undefined) credential = { code: 'result_credential', found: found.code, file: name };
      }
    }
  }
  const leftOut =
    tooLarge.length === 0
      ? undefined
      : ({ code: 'files_over_limit', names: tooLarge, maxBytes: settings.maxFileBytes } as const);
  return { kind: 'files', files, hasWork, doubt: credential ?? leftOut };
}
