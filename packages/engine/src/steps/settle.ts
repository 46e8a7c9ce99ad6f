import {
  settlementRequest,
  standingOf,
  statusWord,
  type AttemptProgress,
  type Queued,
  type Settlement,
  type SettlementForm,
  type StepCommit,
  type Verdict,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { ended, requireOperator, settlementOf, stepFailed, waits } from '../step-results.ts';
import { isToWaitFor, queuedAgain } from '../queue-wait.ts';
import { forgetToken } from './forget-token.ts';
import { refreshHiring, type Refreshed } from './refresh-hiring.ts';
import { withdraw } from './withdraw.ts';

/**
 * Sends whose outcome nobody knows, in all, after which the second and the third generation are opened. After that the last
 * key is repeated: each new one could be a second submission, were the one before it taken after all.
 */
const RENEWED_AFTER_SENDS: readonly number[] = [2, 8];

/**
 * `settling`: sends the stored bytes under the stored key. The hiring is read in the same step before every
 * send: so a hiring that is over or run again is never settled, and an answer that was lost is made good by
 * looking, never by sending again blindly (Agrenting API reference, 13.3 and 21 #8).
 */
export async function settle(context: AttemptContext): Promise<StepCommit> {
  const { settlement } = context.attempt;
  if (settlement === undefined) {
    throw new Error(`attempt ${context.attempt.taskId} is settling, but no settlement is stored`);
  }
  const read = await refreshHiring(context);
  switch (read.kind) {
    case 'decided':
      return settledBefore(settlement, read.commit);
    case 'unread':
      return stepFailed(
        context,
        { code: 'hiring_unread', problem: read.problem },
        { retryAfterMs: read.retryAfterMs },
      );
    case 'active':
      return { ...(await afterActiveRead(context, settlement, read)), reread: true, marker: read.marker };
  }
}

/** A read that shows the end we asked for, after a send whose answer was lost, is our settlement's success. */
function settledBefore(settlement: Settlement, commit: StepCommit): StepCommit {
  // What is over is a later attempt, when the commit opens one.
  if (settlement.unknownSends === 0 || commit.open !== undefined) return commit;
  if (commit.event === 'over_completed' && settlement.endpoint === 'result') {
    return { ...commit, event: 'result_settled' };
  }
  if (commit.event === 'over_failed' && settlement.endpoint === 'failure') {
    return { ...commit, event: 'failure_settled' };
  }
  return commit;
}

async function afterActiveRead(
  context: AttemptContext,
  settlement: Settlement,
  { status }: Extract<Refreshed, { kind: 'active' }>,
): Promise<StepCommit> {
  const withdrawn = await withdraw(context, settlement);
  if (withdrawn !== undefined) return withdrawn;
  const { progress } = context.attempt;
  if (progress.confirming === true) {
    // Its reads may lag behind what it took: it has a while to show it before it is asked again.
    return stepFailed(
      context,
      { code: 'settlement_not_shown', endpoint: settlement.endpoint },
      { progress: { ...progress, confirming: undefined } },
    );
  }
  if (settlement.unknownSends > 0 && !isUntaken(status)) {
    return stepFailed(context, {
      code: 'settlement_in_doubt',
      endpoint: settlement.endpoint,
      status: statusWord({ status }),
    });
  }
  const queued = queuedOf(progress, settlement);
  if (queued !== undefined && isToWaitFor(queued, context.nowMs)) {
    return stepFailed(context, { code: 'settlement_queued', endpoint: settlement.endpoint });
  }
  // Some marketplaces settle what is paid, others only what is in progress: a new key would change nothing for those.
  const renewedAfter = RENEWED_AFTER_SENDS[settlement.generation - 1] ?? Infinity;
  const isToRenew = settlement.unknownSends >= renewedAfter && status !== 'paid' && queued === undefined;
  const { verdict } = progress;
  if (!isToRenew || verdict === undefined) return await submit(context, settlement);
  return renewed(context, settlement, verdict, formOf(settlement, verdict));
}

/** Statuses that say that no settlement was taken. Any other one may be how this marketplace calls one that it has. */
function isUntaken(status: string): boolean {
  return standingOf({ status }) === 'active';
}

/** The queue's memory of this very settlement: what has another key was said of another one. */
function queuedOf({ queued }: AttemptProgress, { idempotencyKey }: Settlement): Queued | undefined {
  return queued?.key === idempotencyKey ? queued : undefined;
}

/** A new generation, which is stored before it is sent. What kept the one before it back is counted on. */
function renewed(
  context: AttemptContext,
  { endpoint, generation }: Settlement,
  verdict: Verdict,
  form: SettlementForm,
): StepCommit {
  return {
    event: 'settlement_renewed',
    cause: `the ${endpoint} was not accepted; generation ${generation + 1} is stored`,
    dueAtMs: context.nowMs,
    settlement: settlementOf(context, verdict, form),
    lastFailure: context.record.lastFailure,
  };
}

function formOf({ body }: Settlement, verdict: Verdict): SettlementForm {
  return body === settlementRequest(verdict, 'older').body ? 'older' : 'documented';
}

async function submit(context: AttemptContext, settlement: Settlement): Promise<StepCommit> {
  const { record, ports } = context;
  const { progress } = context.attempt;
  const outcome = await ports.marketplace.settle(record.agentId, record.hiringId, settlement);
  const queued = queuedOf(progress, settlement);
  const unknown = { ...settlement, unknownSends: settlement.unknownSends + 1 };
  const failed = (problem: string) =>
    ({ code: 'settlement_failed', endpoint: settlement.endpoint, problem }) as const;
  switch (outcome.kind) {
    case 'accepted': {
      const unforgotten = await forgetToken(context);
      // The read that comes before anything else shows that it was taken.
      if (unforgotten !== undefined) return { ...unforgotten, settlement: unknown };
      return settlement.endpoint === 'result'
        ? ended('result_settled', 'the marketplace accepted the result')
        : ended('failure_settled', 'the marketplace accepted the failure');
    }
    case 'unconfirmed':
      return {
        ...waits(context, 'a read will show whether the marketplace accepted it', 0, {
          settlement: unknown,
          progress: { ...progress, confirming: true },
        }),
        lastFailure: record.lastFailure,
      };
    case 'queued': {
      const again = queuedAgain(queued, ports.clock.nowMs());
      return {
        ...waits(context, 'a read will show whether the marketplace has processed it', 0, {
          settlement: unknown,
          progress: { ...progress, queued: { key: settlement.idempotencyKey, ...again } },
        }),
        lastFailure: record.lastFailure,
      };
    }
    case 'other_way':
      return {
        ...waits(context, 'that channel is unavailable; the other one is tried after a read', 0),
        lastFailure: record.lastFailure,
      };
    case 'over':
    case 'unknown':
      return stepFailed(context, failed(outcome.problem), { settlement: unknown });
    case 'later':
      return stepFailed(context, failed(outcome.problem), { retryAfterMs: outcome.retryAfterMs });
    case 'unauthorized':
      return stepFailed(context, failed(outcome.problem));
    case 'refused': {
      const { verdict } = progress;
      if (
        outcome.tryOlderForm === true &&
        queued === undefined &&
        verdict !== undefined &&
        formOf(settlement, verdict) === 'documented'
      ) {
        return renewed(context, settlement, verdict, 'older');
      }
      if (outcome.tooLarge === true && settlement.endpoint === 'result') {
        const bytes = Buffer.byteLength(settlement.body);
        return requireOperator(
          context,
          { code: 'result_too_large', bytes, problem: outcome.problem },
          { progress: { ...progress, concern: undefined } },
        );
      }
      return requireOperator(
        context,
        { code: 'settlement_refused', endpoint: settlement.endpoint, problem: outcome.problem },
        {
          // Its key would be answered as before; what is in a queue under one is not put there under another.
          settlement:
            queued === undefined && verdict
              ? settlementOf(context, verdict, formOf(settlement, verdict))
              : undefined,
          progress: { ...progress, concern: undefined },
        },
      );
    }
  }
}
