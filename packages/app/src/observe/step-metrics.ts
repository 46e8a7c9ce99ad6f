import { isHold, type AttemptProgress, type Milestone } from '@agrenting-hiclaw/core/domain';
import type { CommittedStep } from '@agrenting-hiclaw/engine';
import type { AppMetrics } from './metrics.ts';

/** Counts what a committed step shows beside its move: proofs, how long they took, holds, what the hirer said. */
export function countStep(step: CommittedStep, appMetrics: AppMetrics): void {
  countProofs(step, appMetrics);
  countHold(step, appMetrics);
  const received = deliveryOf(step.commit.progress) - deliveryOf(before(step));
  if (received > 0) appMetrics.conversation.inc({ direction: 'from_hirer', outcome: 'delivered' }, received);
}

/** Of the attempt that the step ends with: a new one begins without a memory. */
function before({ record, commit }: CommittedStep): AttemptProgress | undefined {
  return commit.open === undefined ? record.attempt?.progress : undefined;
}

function deliveryOf(progress: AttemptProgress | undefined): number {
  return progress?.conversation?.received ?? 0;
}

function countProofs(step: CommittedStep, appMetrics: AppMetrics): void {
  const { commit, atMs } = step;
  const known = before(step)?.milestones ?? [];
  const kinds = new Set(known.map(({ kind }) => kind));
  const milestones = commit.progress?.milestones ?? known;
  const receivedAtMs = receivedAtMsOf(step, milestones);
  const reach = (reached: string, reachedAtMs: number): void =>
    appMetrics.reached.observe({ reached }, Math.max(0, reachedAtMs - receivedAtMs) / 1_000);
  for (const milestone of milestones) {
    if (kinds.has(milestone.kind)) continue;
    appMetrics.milestones.inc({ milestone: milestone.kind });
    if (milestone.kind !== 'stored') reach(milestone.kind, milestone.atMs);
  }
  if (commit.event === 'confirmed') reach('confirmed', atMs);
  if (commit.event === 'result_settled' || commit.event === 'failure_settled') reach('settled', atMs);
}

/** Of a retry it is the announcement that led to it, as its first proof has it. */
function receivedAtMsOf({ record, commit }: CommittedStep, milestones: readonly Milestone[]): number {
  const number = commit.open?.number ?? record.attempt?.number ?? 1;
  if (number === 1) return record.receivedAtMs;
  return milestones.find(({ kind }) => kind === 'stored')?.atMs ?? record.receivedAtMs;
}

function countHold({ record, commit }: CommittedStep, appMetrics: AppMetrics): void {
  if (record.state !== 'submitted') return;
  const { verdict, attention } = commit.progress ?? {};
  if (commit.event === 'failure_decided' && verdict?.kind === 'failure' && verdict.held !== undefined) {
    appMetrics.gateHolds.inc({ reason: verdict.held });
  }
  if (commit.event !== 'operator_required' || attention === undefined) return;
  const { reason } = attention;
  if (isHold(reason) || reason.code === 'result_approval') appMetrics.gateHolds.inc({ reason: reason.code });
}
