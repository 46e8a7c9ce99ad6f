import { createHash } from 'node:crypto';
import type { Answer, AttemptProgress, Hiring, Verdict, WorkerResult } from '@agrenting-hiclaw/core/domain';

/** The hiring without a word of the hirer: ids, times, price, and how it was to be delivered stay. */
export function redactedHiring(hiring: Hiring): Hiring {
  const { hiringId, agentId, customerId, status, final, marker, workerMatrixId } = hiring;
  const { capability, price, deliveryMode, deliveryStated, deadlineAtMs, createdAtMs } = hiring;
  return {
    hiringId,
    agentId,
    customerId,
    status,
    final,
    marker,
    workerMatrixId,
    capability,
    price,
    deliveryMode,
    deliveryStated,
    deadlineAtMs,
    createdAtMs,
    description: '',
    extras: {},
    problems: [],
  };
}

/** The attempt's memory without a word of the worker: messages' ids, proofs and times stay. */
export function redactedProgress(progress: AttemptProgress): AttemptProgress {
  const { verdict, accepted } = progress;
  return {
    ...progress,
    attention: undefined,
    conversation: undefined,
    guard: undefined,
    blocked: undefined,
    pending: undefined,
    unclear: undefined,
    received: undefined,
    // Names, sizes and digests of files stay: they prove what was delivered.
    accepted: accepted === undefined ? undefined : { ...accepted, result: NO_ANSWER },
    verdict: verdict === undefined ? undefined : emptiedVerdict(verdict),
  };
}

const NO_ANSWER: Answer = { text: '', summary: '', notes: [] };
const NOTHING: WorkerResult = { ...NO_ANSWER, files: [] };

function emptiedVerdict(verdict: Verdict): Verdict {
  switch (verdict.kind) {
    case 'result':
      return { ...verdict, result: NOTHING };
    case 'failure':
      return { kind: 'failure', failure: { reason: verdict.failure.reason, text: '' } };
  }
}

/** Instead of what was sent: its length and digest, so that a holder of the text can prove that it is the same. */
export function redactedBody(body: string): string {
  const bytes = Buffer.from(body);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return JSON.stringify({ emptied: true, bytes: bytes.length, sha256 });
}
