import {
  answerLeftMs,
  deliveryOf,
  outboundText,
  saidBy,
  scanForCredentials,
  withoutYes,
  type AcceptedResult,
  type AttemptProgress,
  type HoldReason,
  type CheckedResult,
  type FailureReason,
  type StepCommit,
} from '@agrenting-hiclaw/core/domain';
import { policyOf, secretsIn, type AttemptContext } from '../context.ts';
import { failureDecided, transitioned, requireOperator, stepFailed, waits } from '../step-results.ts';
import { quietForMs } from '../finish.ts';
import { plantedAmong } from '../planted.ts';
import { blocked, hasSentMuch } from './blocked.ts';
import { askHirer } from './relay-messages.ts';
import { inspectOwn, meddledWith } from './inspect-worker.ts';
import { BUSY_WAIT_MS } from './send.ts';
import { takeSnapshot, type Snapshot } from './snapshot.ts';

/**
 * `submitted`: reads what the worker delivered and judges it. Submission is payment, so what does
 * not pass the gate waits for its owner, or is failed where the owner wants that (Agrenting API reference, 5.4).
 */
export async function reviewResult(context: AttemptContext): Promise<StepCommit> {
  const taken = await takeSnapshot(context);
  const { progress } = context.attempt;
  // A failure or a question that others may have put there decides nothing either.
  if (taken.kind === 'failure' || taken.kind === 'question') {
    const reason = progress.doubt ?? mismatchOf(progress, taken);
    if (reason !== undefined) {
      return await held(context, reason, { approvable: false });
    }
  }
  switch (taken.kind) {
    case 'unavailable':
      return stepFailed(context, { code: 'folder_unread', problem: taken.problem });
    case 'failure': {
      // It may wait for the answer, and say so where a result belongs: what it does once it was told of that counts.
      const leftMs = answerLeftMs(progress.conversation, context.nowMs, context.settings.answerWaitMs) ?? 0;
      if (leftMs > 0) {
        return await watchOn(context, 'failure', progress);
      }
      const text =
        outboundText(taken.failure.text, secretsIn(context)) ??
        'The worker reported that it could not complete the work.';
      const failure = { ...taken.failure, text };
      return blocked(context, failure, 'the worker reports that it failed');
    }
    case 'question':
      return await asks(context, taken.what);
    case 'moved':
      return changing(context, progress);
    case 'unclear':
      return await held(context, { code: 'result_unclear', unclear: taken.why }, { approvable: false });
    case 'snapshot':
      return await decide(context, taken.snapshot);
  }
}

function changing(context: AttemptContext, progress: AttemptProgress): StepCommit {
  return waits(context, 'the result is changing', quietForMs(context), { progress });
}

/** The result is a question: the hirer or the owner is asked, and the worker is watched on, once it has a place for that. */
async function asks(context: AttemptContext, what: string): Promise<StepCommit> {
  const { progress } = context.attempt;
  const asked = askHirer(context, what, `result-${progress.listing?.digest ?? ''}`);
  if (asked === undefined) {
    return requireOperator(
      context,
      { code: 'worker_question' },
      { quote: what, judged: progress.listing?.digest },
    );
  }
  return await watchOn(context, 'question', asked);
}

/**
 * What lies there instead of a result does not count: its worker is watched for another, once it has a place for it. A place
 * may be held for very long, by a hiring that waits for a person: then the operator is alerted to this one, too.
 */
async function watchOn(
  context: AttemptContext,
  says: 'question' | 'failure',
  progress: AttemptProgress,
): Promise<StepCommit> {
  const { claim, ports, settings, nowMs } = context;
  const { name } = progress.worker ?? { name: '' };
  if (!(await ports.store.reserveWorker(claim, name, policyOf(context).concurrency))) {
    const submittedAtMs = progress.milestones.find(({ kind }) => kind === 'submitted')?.atMs ?? nowMs;
    if (nowMs - submittedAtMs < settings.silenceMs)
      return waits(context, `${name} is busy with another hiring`, BUSY_WAIT_MS);
    return requireOperator(
      context,
      { code: 'worker_busy', worker: name, says },
      { judged: progress.listing?.digest },
    );
  }
  return transitioned(context, 'result_asks', INSTEAD[says], {
    progress: { ...progress, asked: progress.listing?.digest },
  });
}

/** What a worker may say instead of a result, for the history. */
const INSTEAD = {
  question: 'the worker asks the hirer a question instead of delivering a result',
  failure: 'the worker reports a failure while a question to the hirer is open',
} as const;

/** Lets the result go on its way, or wait for its owner's yes. */
async function decide(context: AttemptContext, snapshot: Snapshot): Promise<StepCommit> {
  const { attempt, ports } = context;
  const { progress } = attempt;
  const { result, sha256, doubt } = snapshot;
  let planted: string | undefined;
  if (progress.approved?.sha256 !== sha256) {
    // Nobody is shown, and nobody is paid for, what was torn while it was read.
    const inspected = await inspectOwn(context, progress.worker);
    if (inspected.kind === 'unavailable')
      return stepFailed(context, { code: 'folder_unread', problem: inspected.problem });
    // What came since it was looked at, what passes for ours and is none among it.
    if (inspected.meddled.length > 0) return meddledWith(context, inspected.meddled);
    const { folder } = inspected;
    if (folder.digest !== progress.listing?.digest) {
      const listing = { digest: folder.digest, sinceMs: ports.clock.nowMs() };
      return changing(context, { ...progress, listing });
    }
    const answers = [...folder.versions].filter(([, version]) => version === folder.resultVersion);
    const names = [...answers.map(([name]) => name), ...result.files.map(({ name }) => name)];
    planted = plantedAmong(progress, folder, names);
  }
  if (progress.source !== undefined && changeOf(result) === undefined) {
    return await held(context, { code: 'change_missing' }, { approvable: false });
  }
  if (progress.approved?.sha256 !== sha256) {
    const reason =
      progress.doubt ?? mismatchOf(progress, snapshot) ?? blockOf(progress) ?? filesOf(context, snapshot);
    if (reason !== undefined) {
      return await held(context, reason, { approvable: true, result, sha256 });
    }
    if (planted !== undefined) {
      const reason = { code: 'files_planted', names: [planted] } as const;
      return await held(context, reason, { approvable: true, result, sha256 });
    }
    if (progress.source !== undefined && CHANGES.every((name) => isAmong(result, name))) {
      return await held(context, { code: 'change_ambiguous' }, { approvable: true, result, sha256 });
    }
    if (doubt !== undefined) return await held(context, doubt, { approvable: true, result, sha256 });
    const { approve } = policyOf(context);
    if (approve === 'results' || approve === 'both') return await asksForYes(context, snapshot);
  }
  const { files, ...answer } = result;
  const digest = progress.listing?.digest ?? '';
  const accepted: AcceptedResult = { result: answer, files, sha256, digest };
  return waits(context, 'the result passed review', 0, { progress: { ...progress, accepted } });
}

/** The worker named the SHA-256 of its answer, and another one lies there; or several, of which any may be meant. */
function mismatchOf(
  { reported }: AttemptProgress,
  { answerSha256, answerSha256OtherEnd }: Pick<Snapshot, 'answerSha256' | 'answerSha256OtherEnd'>,
): HoldReason | undefined {
  const [named, ...others] = reported?.sha256s ?? [];
  if (named === undefined) return undefined;
  const isIt = others.length === 0 && (named === answerSha256 || named === answerSha256OtherEnd);
  return isIt ? undefined : { code: 'result_digest_mismatch', reported: [named, ...others] };
}

/** What a worker says in its room is its own; what lies in storage may be another's. */
function blockOf({ blocked }: AttemptProgress): HoldReason | undefined {
  return blocked === undefined ? undefined : { code: 'result_while_blocked' };
}

/** More names are not shown. */
const MAX_NAMES = 10;

/** Files that are not there or not what the answer says of them, or of which it says nothing where the owner wants that. */
function filesOf(
  context: AttemptContext,
  { result: { files }, digests, missing }: Snapshot,
): HoldReason | undefined {
  // Files of a change lie in the change.
  if (missing.length > 0 && deliveryOf(context.attempt.hiring, policyOf(context)) !== 'push') {
    return { code: 'files_missing', names: missing.slice(0, MAX_NAMES) };
  }
  const named = new Map<string, Set<string>>();
  for (const { name, sha256 } of digests) named.set(name, (named.get(name) ?? new Set()).add(sha256));
  const others = files.filter(({ name, sha256 }) => named.get(name)?.has(sha256) === false);
  if (others.length > 0) return { code: 'file_digest_mismatch', names: namesOf(others) };
  const unnamed = files.filter(({ name }) => !named.has(name));
  if (unnamed.length === 0 || policyOf(context).resultDigest !== 'required') return undefined;
  return { code: 'files_not_reported', names: namesOf(unnamed) };
}

function namesOf(files: CheckedResult['files']): readonly string[] {
  return files.slice(0, MAX_NAMES).map(({ name }) => name);
}

async function asksForYes(context: AttemptContext, { result, sha256 }: Snapshot): Promise<StepCommit> {
  const { progress } = context.attempt;
  return requireOperator(
    context,
    { code: 'result_approval' },
    {
      judged: progress.listing?.digest,
      sha256,
      held: await shownOf(context, result),
      approves: 'result',
      progress: withoutYes(progress),
    },
  );
}

/** What the worker left to be pushed. */
export function changeOf({
  files,
}: Pick<CheckedResult, 'files'>): 'change.bundle' | 'change.patch' | undefined {
  return CHANGES.find((name) => isAmong({ files }, name));
}

const CHANGES = ['change.bundle', 'change.patch'] as const;

function isAmong({ files }: Pick<CheckedResult, 'files'>, name: string): boolean {
  return files.some((file) => file.name === name);
}

/** What the owner is shown of a result that is held: nothing of one that seems to hold a credential, which is kept nowhere. */
export async function shownOf(
  context: AttemptContext,
  result: CheckedResult | undefined,
): Promise<CheckedResult | undefined> {
  if (result === undefined) return undefined;
  const found = await scanForCredentials(saidBy(result), secretsIn(context));
  return found === undefined ? result : undefined;
}

/** The result waits for its owner, who may say yes to it if it is approvable; where the owner wants that, the attempt is failed instead. */
export async function held(
  context: AttemptContext,
  reason: HoldReason,
  { approvable, result, sha256, progress = context.attempt.progress }: Held,
): Promise<StepCommit> {
  // Nobody gets the work bit by bit and the money back.
  if (policyOf(context).heldResults === 'fail' && !hasSentMuch(context)) {
    const { code } = reason;
    return failureDecided(context, FAILED_BY_REVIEW, { cause: 'the result did not pass review', held: code });
  }
  return requireOperator(context, reason, {
    judged: progress.listing?.digest,
    sha256,
    held: await shownOf(context, result),
    approves: approvable ? 'result' : undefined,
    // An earlier yes was said to another result, or without knowing this of it.
    progress: withoutYes(progress),
  });
}

interface Held {
  readonly approvable: boolean;
  readonly result?: CheckedResult | undefined;
  /** Names the result; a yes is said to it alone. */
  readonly sha256?: string | undefined;
  readonly progress?: AttemptProgress | undefined;
}

const FAILED_BY_REVIEW: { readonly reason: FailureReason; readonly text: string } = {
  reason: 'other',
  text: 'No acceptable result was delivered.',
};
