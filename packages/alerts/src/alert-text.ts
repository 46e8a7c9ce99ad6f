import {
  agentIdSchema,
  attentionTexts,
  forecastPayout,
  formatCents,
  parseCents,
  UNNAMED_AGENT,
  type AlertCounts,
  type AlertKind,
  type AttentionTexts,
  type FailureReason,
  type HiringAlertKind,
  type HiringRecord,
  type KnownOfflineAgent,
  type LoggedTransition,
  type MoneyEvent,
  type NewAlert,
  attentionOf,
} from '@agrenting-hiclaw/core/domain';
import { isMoneyEvent } from './alert-kind.ts';

/** The alert about a move; `record` is the hiring as it is now, undefined when it cannot be read. */
export function hiringAlert(
  kind: HiringAlertKind,
  transition: LoggedTransition,
  record: HiringRecord | undefined,
): NewAlert {
  const { hiringId, attempt, sequence, atMs } = transition;
  const agentId = transition.agentId === UNNAMED_AGENT ? undefined : transition.agentId;
  const said = isMoneyEvent(transition.event)
    ? MONEY_WORDS[transition.event](transition, record)
    : WORDS[kind](transition, record);
  const of = [
    ...(agentId === undefined ? [] : [`agent ${agentId}`]),
    ...(attempt === 0 ? [] : [`attempt ${attempt}`]),
  ];
  return {
    key: `${kind}-${hiringId}-a${attempt}-${sequence}`,
    kind,
    text: `Hiring ${hiringId}${of.length === 0 ? '' : ` (${of.join(', ')})`} ${said.text}`,
    atMs,
    hiringId,
    agentId,
    attempt: attempt === 0 ? undefined : attempt,
    amount: said.amount,
    // Another reason is another thing to know of.
    subject: `${hiringId}/${attempt}/${said.reason ?? ''}`,
  };
}

interface Said {
  readonly text: string;
  readonly reason?: string | undefined;
  readonly amount?: NewAlert['amount'];
}

const WORDS: Readonly<
  Record<HiringAlertKind, (transition: LoggedTransition, record: HiringRecord | undefined) => Said>
> = {
  attention(transition, record) {
    if (transition.event === 'settlement_delayed') return delayed(transition);
    const { why = 'it cannot continue without you', todo } = textsOf(transition, record) ?? {};
    const more = `agrenting-hiclaw hirings show ${transition.hiringId}`;
    return {
      text: `needs you: ${why}. ${todo === undefined ? `For the reason and what to do, run: ${more}` : `${todo} For details, run: ${more}`}`,
      reason: transition.reason,
    };
  },
  disputed: () => ({
    text: 'is disputed on the marketplace. Its money stays in escrow until the dispute is decided, and the adapter settles nothing. Answer the dispute on the marketplace.',
  }),
  paid(transition, record) {
    const amount = amountOf(transition, record);
    return {
      text:
        amount === undefined
          ? 'is completed; its price is unknown.'
          : `is completed: price ${amount.price} USD, expected payout ${amount.payoutForecast} USD.`,
      amount,
    };
  },
  failed(transition, record) {
    if (transition.event === 'failure_settled') {
      return { text: `was reported as failed, and the hirer is refunded${reasonOf(transition, record)}.` };
    }
    const how = transition.to === 'failed' ? 'is failed or refunded' : 'was cancelled';
    return { text: `${how} on the marketplace; the adapter settled nothing.` };
  },
};

/** Why the operator is needed and what to do, where it still is what the move was for. */
function textsOf(
  { attempt, reason }: LoggedTransition,
  record: HiringRecord | undefined,
): AttentionTexts | undefined {
  if (record === undefined || (record.attempt?.number ?? 0) !== attempt) return undefined;
  return attentionOf(record)?.reason.code === reason ? attentionTexts(record, 'anybody') : undefined;
}

/** What happened to the money of a hiring after its end. */
const MONEY_WORDS: Readonly<
  Record<MoneyEvent, (transition: LoggedTransition, record: HiringRecord | undefined) => Said>
> = {
  dispute_opened: () => ({
    text: 'is disputed on the marketplace after its end. The marketplace holds its money until the dispute is decided. Answer the dispute on the marketplace.',
    reason: 'dispute_opened',
  }),
  dispute_resolved: () => ({
    text: 'is no longer disputed on the marketplace; the payment is unchanged.',
    reason: 'dispute_resolved',
  }),
  payment_reversed(transition, record) {
    const amount = amountOf(transition, record);
    return {
      text: `was paid, and the marketplace reversed the payment${amount === undefined ? '' : `: price ${amount.price} USD, expected payout ${amount.payoutForecast} USD`}. Check it on the marketplace.`,
      amount,
      reason: 'payment_reversed',
    };
  },
  payment_released(transition, record) {
    const amount = amountOf(transition, record);
    return {
      text: `was paid by the marketplace after ending without payment${amount === undefined ? '' : `: price ${amount.price} USD, expected payout ${amount.payoutForecast} USD`}.`,
      amount,
      reason: 'payment_released',
    };
  },
};

/** No action is needed, but an operator may want to know. */
function delayed({ hiringId }: LoggedTransition): Said {
  return {
    text: `is done, but the marketplace has not accepted its settlement yet. The adapter retries until it is accepted. To see why, run: agrenting-hiclaw hirings show ${hiringId}`,
    reason: 'settlement_delayed',
  };
}

function amountOf(transition: LoggedTransition, record: HiringRecord | undefined): NewAlert['amount'] {
  const attempt = record?.attempt;
  const price = attempt?.number === transition.attempt ? attempt.hiring.price : undefined;
  // Parsed, because it comes from outside.
  const cents = price === undefined ? undefined : parseCents(price);
  if (cents === undefined) return undefined;
  const shown = formatCents(cents);
  const payoutForecast = forecastPayout(shown);
  return payoutForecast === undefined ? undefined : { price: shown, payoutForecast };
}

const REASONS: Readonly<Record<FailureReason, string>> = {
  timeout: ': it missed its deadline',
  capability_mismatch: ': no worker could take it',
  agent_unresponsive: ': the worker did not take it, or could not be notified',
  other: ': the worker failed, or delivered no acceptable result',
};

function reasonOf(transition: LoggedTransition, record: HiringRecord | undefined): string {
  const attempt = record?.attempt;
  const verdict = attempt?.number === transition.attempt ? attempt.progress.verdict : undefined;
  return verdict?.kind === 'failure' ? REASONS[verdict.failure.reason] : '';
}

/** That an agent hears nothing. */
export function offlineAlert(offline: KnownOfflineAgent, nowMs: number): NewAlert {
  const { agent, reason, sinceMs } = offline;
  const minutes = Math.max(1, Math.round((nowMs - sinceMs) / 60_000));
  const since = `for ${minutes === 1 ? 'a minute' : `${minutes} minutes`}`;
  const words = {
    refused: `Agent ${agent} receives no hirings: the marketplace refuses its key. Set the agent's own key, then run: agrenting-hiclaw doctor`,
    silent: `Agent ${agent} receives no hirings over MCP: its session has been down ${since}. The adapter keeps reconnecting; the poller, if it runs, finds new hirings meanwhile. To see why, run: agrenting-hiclaw doctor`,
    unread: `Agent ${agent} receives no hirings: its lists could not be read ${since}. The adapter keeps retrying. To see why, run: agrenting-hiclaw doctor`,
  } as const;
  return {
    key: `offline-${agent}-${sinceMs}`,
    kind: 'agent_offline',
    text: words[reason],
    atMs: nowMs,
    agentId: agentIdSchema.safeParse(agent).data,
    subject: agent,
  };
}

/** That an agent is online again; only for agents whose being offline was alerted. */
export function onlineAlert({ agent, sinceMs }: KnownOfflineAgent, nowMs: number): NewAlert {
  const agentId = agentIdSchema.safeParse(agent).data;
  const text = `Agent ${agent} receives hirings again.`;
  return { key: `online-${agent}-${sinceMs}`, kind: 'agent_online', text, atMs: nowMs, agentId };
}

const NAMES: Readonly<Record<AlertKind, string>> = {
  attention: 'attention',
  disputed: 'disputed',
  agent_offline: 'agent offline',
  agent_online: 'agent online',
  failed: 'failed',
  paid: 'paid',
  summary: 'summarized',
};

/** What was over the number of an hour: "12 more alerts in the last hour: 9 paid, 3 attention". */
export function summaryText(counts: AlertCounts): string {
  const found = Object.entries(NAMES).flatMap(([kind, name]) => {
    const count = Object.entries(counts).find(([counted]) => counted === kind)?.[1] ?? 0;
    return count === 0 ? [] : [{ name, count }];
  });
  found.sort((one, other) => other.count - one.count);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const list = found.map(({ name, count }) => `${count} ${name}`).join(', ');
  return `${total} more alert${total === 1 ? '' : 's'} in the last hour: ${list}. See: agrenting-hiclaw hirings list`;
}
