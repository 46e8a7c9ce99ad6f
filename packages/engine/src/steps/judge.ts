import {
  artifactOf,
  credentialOf,
  deliveredNamesOf,
  judgeResult,
  quotable,
  textOf,
  type AttemptProgress,
  type CheckedFile,
  type FailureReason,
  type StepCommit,
  type WorkerResult,
} from '@agrenting-hiclaw/core/domain';
import { rulesOf, type AttemptContext } from '../context.ts';
import { failureDecided, moved, needsPerson, troubled, waits } from '../outcomes.ts';
import { askHirer } from './converse.ts';
import { BUSY_WAIT_MS } from './send.ts';

/**
 * `submitted`: collects what the worker delivered and judges it. Submission is payment, so what does
 * not pass the gate waits for its owner, or is failed where the owner wants that (Agrenting API reference, 5.4).
 */
export async function judge(context: AttemptContext): Promise<StepCommit> {
  const { attempt, ports } = context;
  const collected = await ports.storage.collect(attempt.taskId);
  switch (collected.kind) {
    case 'unavailable':
      return troubled(context, collected.problem);
    case 'failure': {
      const text = quotable(collected.failure.text) ?? 'The worker reported that it could not do the work.';
      const failure = { ...collected.failure, text };
      return failureDecided(context, failure, { cause: 'the worker reports that it failed' });
    }
    case 'question':
      return await asks(context, collected.what);
    case 'unclear':
      return collected.result !== undefined && isApproved(context)
        ? await accept(context, withoutClone(context, collected.result))
        : held(context, collected.why, {
            approvable: collected.result !== undefined,
            result: collected.result,
          });
    case 'result':
      break;
  }
  const result = withoutClone(context, collected.result);
  if (isApproved(context)) return await accept(context, result);
  const gate = judgeResult(result, attempt.hiring);
  return gate.kind === 'held'
    ? held(context, gate.why, { approvable: true, result })
    : await accept(context, result);
}

/** In push mode a worker may leave its clone in the folder: what lies deeper is no delivery of its own. */
function withoutClone({ attempt }: AttemptContext, result: WorkerResult): WorkerResult {
  if (attempt.progress.source === undefined) return result;
  return { ...result, files: result.files.filter(({ name }) => !name.includes('/')) };
}

/** Whether the owner said yes to the task folder as it is now. */
export function isApproved({ attempt }: AttemptContext): boolean {
  const { approved, listing } = attempt.progress;
  return approved?.digest !== undefined && approved.digest === listing?.digest;
}

/** The result is a question: the hirer or the owner is asked, and the worker is watched on, once it has a place for that. */
async function asks(context: AttemptContext, what: string): Promise<StepCommit> {
  const { claim, ports } = context;
  const { progress } = context.attempt;
  const asked = askHirer(context, what, `result-${progress.listing?.digest ?? ''}`);
  if (asked === undefined) {
    return needsPerson(
      context,
      `the worker asks: ${what}`,
      `Answer it in the worker's room ${progress.worker?.roomId ?? ''}. A result is taken when it comes.`,
      { cause: 'the worker asks a question', judged: progress.listing?.digest },
    );
  }
  const { name } = progress.worker ?? { name: '' };
  if (!(await ports.store.reserveWorker(claim, name, rulesOf(context).concurrency))) {
    return waits(context, `${name} is busy with another hiring`, BUSY_WAIT_MS);
  }
  return moved(context, 'result_asks', 'the worker asks the client in the place of a result', {
    progress: { ...asked, asked: progress.listing?.digest },
  });
}

/** Looks into every file, and lets the result go on its way, or wait for the owner's yes. */
async function accept(context: AttemptContext, result: WorkerResult): Promise<StepCommit> {
  const { attempt, ports } = context;
  const { listing, source } = attempt.progress;
  const digest = listing?.digest ?? '';
  if (source !== undefined && changeOf(result) === undefined) {
    return held(context, 'it holds no change.patch or change.bundle, so there is nothing to push', {
      approvable: false,
    });
  }
  const looked = await lookInto(context, result);
  if (looked.kind === 'unavailable') return troubled(context, looked.problem);
  if (looked.kind === 'moved') return waits(context, 'the result is changing', context.settings.quietMs);
  // What was read is what lies still, and what the owner saw, only if nothing has moved until now.
  const folder = await ports.storage.inspect(attempt.taskId);
  if (folder.kind === 'unavailable') return troubled(context, folder.problem);
  if (folder.digest !== digest) {
    return waits(context, 'the result is changing', context.settings.quietMs, {
      progress: {
        ...attempt.progress,
        listing: { digest: folder.digest, sinceMs: ports.clock.nowMs() },
      },
    });
  }
  if (looked.kind === 'held' && !isApproved(context))
    return held(context, looked.why, { approvable: true, result });
  const { approve } = rulesOf(context);
  if ((approve === 'results' || approve === 'both') && !isApproved(context)) {
    return needsPerson(
      context,
      'the result waits for your yes',
      `Look at shared/tasks/${attempt.taskId}/. To have it settled: agrenting-hiclaw hirings approve ${context.record.hiringId}. Without that, the hiring is reported as failed before its deadline.`,
      { judged: digest, held: shownOf(context, result), approves: 'result' },
    );
  }
  return waits(context, 'the result passed the gate', 0, {
    progress: { ...attempt.progress, accepted: { result, digest, files: looked.files } },
  });
}

/** What the worker left to be pushed. */
export function changeOf({ files }: WorkerResult): 'change.bundle' | 'change.patch' | undefined {
  const names = new Set(files.map(({ name }) => name));
  return (['change.bundle', 'change.patch'] as const).find((name) => names.has(name));
}

type Looked =
  | { readonly kind: 'looked'; readonly files: readonly CheckedFile[] }
  | { readonly kind: 'held'; readonly why: string; readonly files: readonly CheckedFile[] }
  | { readonly kind: 'moved' }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** Notes size, type and SHA-256 of each file, and looks for credentials in the text ones. */
async function lookInto({ attempt, ports, settings }: AttemptContext, result: WorkerResult): Promise<Looked> {
  const files: CheckedFile[] = [];
  let why: string | undefined;
  const names = deliveredNamesOf(result.files);
  for (const { name } of result.files) {
    const read = await ports.storage.read(attempt.taskId, name, settings.maxFileBytes);
    if (read.kind === 'unavailable') return read;
    if (read.kind === 'absent') return { kind: 'moved' };
    if (read.kind === 'too_large') {
      why ??= `${name} is larger than ${settings.maxFileBytes} bytes, and would be left out`;
      continue;
    }
    const { type, sha256, sizeBytes } = artifactOf(names.get(name) ?? '', read.bytes);
    files.push({ name, sizeBytes, sha256, type });
    const credential = credentialOf(textOf(read.bytes) ?? '', attempt.hiring);
    if (credential !== undefined) why ??= `${name} seems to hold ${credential}`;
  }
  return why === undefined ? { kind: 'looked', files } : { kind: 'held', why, files };
}

/** What the owner is shown of a result that is held: nothing of one that seems to hold a credential, which is kept nowhere. */
function shownOf({ attempt }: AttemptContext, result: WorkerResult | undefined): WorkerResult | undefined {
  if (result === undefined) return undefined;
  const { text, summary, notes, files } = result;
  const said = [text, summary, ...notes, ...files.map(({ name }) => name)].join('\n');
  return credentialOf(said, attempt.hiring) === undefined ? result : undefined;
}

/** The result waits for its owner, who may say yes to it if it is approvable; where the owner wants that, the attempt is failed instead. */
export function held(
  context: AttemptContext,
  why: string,
  { approvable, result, progress = context.attempt.progress }: Held,
): StepCommit {
  const { record, attempt } = context;
  const { taskId } = attempt;
  if (rulesOf(context).heldResults === 'fail') {
    return failureDecided(context, FAILED_BY_GATE, { cause: 'the result did not pass the gate' });
  }
  const yes = approvable
    ? ` To have it settled as it is: agrenting-hiclaw hirings approve ${record.hiringId}.`
    : '';
  return needsPerson(
    context,
    `the result is held: ${why}`,
    `Look at shared/tasks/${taskId}/. A better result.md there is judged anew by itself.${yes} Without either, the hiring is reported as failed before its deadline.`,
    {
      cause: 'the result is held',
      judged: progress.listing?.digest,
      held: shownOf(context, result),
      approves: approvable ? 'result' : undefined,
      progress,
    },
  );
}

interface Held {
  readonly approvable: boolean;
  readonly result?: WorkerResult | undefined;
  readonly progress?: AttemptProgress | undefined;
}

const FAILED_BY_GATE: { readonly reason: FailureReason; readonly text: string } = {
  reason: 'other',
  text: 'No result that could be accepted was delivered.',
};
