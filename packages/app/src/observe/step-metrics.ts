import { isHold, type AttemptProgress, type Proof } from '@agrenting-hiclaw/core/domain';
import type { CommittedStep } from '@agrenting-hiclaw/engine';
import type { Figures } from './metrics.ts';

/** Counts what a committed step shows beside its move: proofs, how long they took, holds, what the hirer said. */
export function countStep(step: CommittedStep, figures: Figures): void {
  countProofs(step, figures);
  countHold(step, figures);
  const heard = heardOf(step.commit.progress) - heardOf(before(step));
  if (heard > 0) figures.conversation.inc({ direction: 'from_hirer', outcome: 'told' }, heard);
}

/** Of the attempt that the step ends with: a new one begins without a memory. */
function before({ record, commit }: CommittedStep): AttemptProgress | undefined {
  return commit.open === undefined ? record.attempt?.progress : undefined;
}

function heardOf(progress: AttemptProgress | undefined): number {
  return progress?.conversation?.heard ?? 0;
}

function countProofs(step: CommittedStep, figures: Figures): void {
  const { commit, atMs } = step;
  const known = before(step)?.proofs ?? [];
  const kinds = new Set(known.map(({ kind }) => kind));
  const proofs = commit.progress?.proofs ?? known;
  const heardAtMs = heardAtMsOf(step, proofs);
  const reach = (reached: string, reachedAtMs: number): void =>
    figures.reached.observe({ reached }, Math.max(0, reachedAtMs - heardAtMs) / 1_000);
  for (const proof of proofs) {
    if (kinds.has(proof.kind)) continue;
    figures.proofs.inc({ proof: proof.kind });
    if (proof.kind !== 'stored') reach(proof.kind, proof.atMs);
  }
  if (commit.event === 'confirmed') reach('confirmed', atMs);
  if (commit.event === 'result_settled' || commit.event === 'failure_settled') reach('settled', atMs);
}

/** Of a retry it is the announcement that led to it, as its first proof has it. */
function heardAtMsOf({ record, commit }: CommittedStep, proofs: readonly Proof[]): number {
  const number = commit.open?.number ?? record.attempt?.number ?? 1;
  if (number === 1) return record.heardAtMs;
  return proofs.find(({ kind }) => kind === 'stored')?.atMs ?? record.heardAtMs;
}

function countHold({ record, commit }: CommittedStep, figures: Figures): void {
  if (record.state !== 'submitted') return;
  const { verdict, attention } = commit.progress ?? {};
  if (commit.event === 'failure_decided' && verdict?.kind === 'failure' && verdict.held !== undefined) {
    figures.gateHolds.inc({ reason: verdict.held });
  }
  if (commit.event !== 'needs_person' || attention === undefined) return;
  const { reason } = attention;
  if (isHold(reason) || reason.code === 'result_approval') figures.gateHolds.inc({ reason: reason.code });
}
