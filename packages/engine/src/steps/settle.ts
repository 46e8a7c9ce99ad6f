import {
  settlementRequest,
  type Settlement,
  type SettlementForm,
  type StepCommit,
  type Verdict,
} from '@agrenting-hiclaw/core/domain';
import type { AttemptContext } from '../context.ts';
import { ended, needsPerson, settlementOf, troubled, waits } from '../outcomes.ts';
import { forgetToken } from './forget-token.ts';
import { reread } from './reread.ts';

/** Sends of one generation whose outcome nobody knows, before a new generation is opened. */
const MAX_UNKNOWN_SENDS = 2;

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
  const read = await reread(context);
  switch (read.kind) {
    case 'decided':
      return settledBefore(settlement, read.commit);
    case 'unread':
      return troubled(context, read.problem, { retryAfterMs: read.retryAfterMs });
    case 'active':
      if (read.status === 'paid' && settlement.unknownSends > 0) {
        // Some marketplaces settle what is paid, others only what is in progress: that one was asked and did not.
        return { ...troubled(context, 'the marketplace has not started the hiring yet'), reread: true };
      }
      return { ...(await afterActiveRead(context, settlement)), reread: true, marker: read.marker };
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

async function afterActiveRead(context: AttemptContext, settlement: Settlement): Promise<StepCommit> {
  const { attempt, settings } = context;
  if (settlement.unknownSends < MAX_UNKNOWN_SENDS) return await submit(context, settlement);
  const { verdict } = attempt.progress;
  if (verdict === undefined || settlement.generation >= settings.maxSettlements) {
    return needsPerson(
      context,
      `the marketplace did not take the ${settlement.endpoint}, and still shows the hiring as active`,
      'Look the hiring up on the marketplace, and settle it there or ask its support. What comes of it is seen here by itself.',
    );
  }
  return renewed(context, settlement, verdict, formOf(settlement, verdict));
}

/** A new generation, which is stored before it is sent. */
function renewed(
  context: AttemptContext,
  { endpoint, generation }: Settlement,
  verdict: Verdict,
  form: SettlementForm,
): StepCommit {
  return {
    event: 'settlement_renewed',
    cause: `the ${endpoint} was not taken; generation ${generation + 1} is stored`,
    dueAtMs: context.nowMs,
    settlement: settlementOf(context, verdict, form),
  };
}

function formOf({ body }: Settlement, verdict: Verdict): SettlementForm {
  return body === settlementRequest(verdict, 'older').body ? 'older' : 'documented';
}

async function submit(context: AttemptContext, settlement: Settlement): Promise<StepCommit> {
  const { record, ports } = context;
  const { progress } = context.attempt;
  const by = progress.settleByMcp === true ? 'mcp' : 'rest';
  const outcome = await ports.marketplace.settle(record.agentId, record.hiringId, settlement, by);
  const unknown = { ...settlement, unknownSends: settlement.unknownSends + 1 };
  switch (outcome.kind) {
    case 'accepted': {
      const unforgotten = await forgetToken(context);
      // The read that comes before anything else shows that it was taken.
      if (unforgotten !== undefined) return { ...unforgotten, settlement: unknown };
      return settlement.endpoint === 'result'
        ? ended('result_settled', 'the marketplace took the result')
        : ended('failure_settled', 'the marketplace took the failure');
    }
    case 'unreachable':
      return waits(context, 'REST is out of reach; MCP is tried after a look', 0, {
        progress: { ...progress, settleByMcp: true },
      });
    case 'over':
    case 'unknown':
      return troubled(context, outcome.problem, { settlement: unknown });
    case 'later':
      return troubled(context, outcome.problem, {
        retryAfterMs: outcome.retryAfterMs,
        progress: { ...progress, settleByMcp: undefined },
      });
    case 'unauthorized':
      return troubled(context, outcome.problem);
    case 'refused': {
      const { verdict } = progress;
      if (
        outcome.tryOlderForm === true &&
        verdict !== undefined &&
        formOf(settlement, verdict) === 'documented'
      ) {
        return renewed(context, settlement, verdict, 'older');
      }
      return needsPerson(
        context,
        `the marketplace refused the ${settlement.endpoint}: ${outcome.problem}`,
        'Look the hiring up on the marketplace and settle it there. What comes of it is seen here by itself.',
      );
    }
  }
}
