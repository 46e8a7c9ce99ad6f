import {
  taskIdOf,
  type HiringRecord,
  type LoggedTransition,
  attentionWhy,
  type AttentionReason,
} from '@agrenting-hiclaw/core/domain';
import { describe, expect, test } from 'vitest';
import { sampleReasons } from '../../core/src/domain/testing/attention-reasons.ts';
import { SAMPLE_TRANSITION } from '../test/sample-transition.ts';
import { offlineAlert, hiringAlert, onlineAlert, summaryText } from './alert-text.ts';
import { alertKindOf } from './alert-kind.ts';

const { hiringId: HIRING, agentId: AGENT } = SAMPLE_TRANSITION;
const NAME = `Hiring ${HIRING} (agent ${AGENT}, attempt 1)`;
const ASK = `agrenting-hiclaw hirings show ${HIRING}`;

const transitionOf = (more: Partial<LoggedTransition> = {}): LoggedTransition => ({
  ...SAMPLE_TRANSITION,
  reason: 'worker_question',
  ...more,
});

/** As stored, with outside text wherever there may be any. */
function recordOf({
  reason,
  price = '25.00',
}: {
  readonly reason?: AttentionReason;
  readonly price?: string;
}): HiringRecord {
  const hiring = {
    hiringId: HIRING,
    status: 'canary-status',
    marker: {},
    description: 'canary-description',
    price,
    deliveryMode: 'output',
    deliveryStated: true,
    extras: {},
    problems: [],
  } as const;
  return {
    hiringId: HIRING,
    agentId: AGENT,
    state: 'attention',
    receivedAtMs: 0,
    received: { intake: 'mcp', hiring, atMs: 0 },
    rereadWanted: false,
    attempt: {
      number: 1,
      marker: {},
      taskId: taskIdOf(HIRING, 1, '0'.repeat(24)),
      hiring,
      openedAtMs: 0,
      progress: {
        messages: [],
        milestones: [],
        activitySequence: 0,
        verdict: { kind: 'failure', failure: { reason: 'timeout', text: 'canary-failure' } },
        worker: { name: 'alice', userId: '@alice:test', roomId: '!abc:test' },
        ...(reason === undefined ? {} : { attention: { reason, from: 'acknowledged' } }),
      },
    },
  };
}

describe('what of a hiring is worth an alert', () => {
  test.each([
    ['attention', {}, 'attention'],
    ['completed', { to: 'completed', event: 'result_settled' }, 'paid'],
    ['completed elsewhere', { to: 'completed', event: 'over_completed' }, 'paid'],
    ['failed', { to: 'failed', event: 'failure_settled' }, 'failed'],
    ['cancelled', { to: 'cancelled', event: 'over_cancelled', cause: 'it is disputed' }, 'failed'],
    ['disputed', { to: 'cancelled', event: 'over_disputed' }, 'disputed'],
    ['disputed after its end', { from: 'completed', to: 'completed', event: 'dispute_opened' }, 'disputed'],
    ['no longer disputed', { from: 'completed', to: 'completed', event: 'dispute_resolved' }, 'disputed'],
    ['undone', { from: 'completed', to: 'completed', event: 'payment_reversed' }, 'disputed'],
    ['paid after all', { from: 'failed', to: 'failed', event: 'payment_released' }, 'paid'],
    ['run again by the hirer', { to: 'cancelled', event: 'superseded' }, undefined],
    ['rejected, because nobody bought it', { to: 'rejected', event: 'absent' }, undefined],
    ['on its way', { to: 'sent', event: 'sent' }, undefined],
  ] satisfies [string, Partial<LoggedTransition>, string | undefined][])('%s', (_, transition, kind) => {
    expect(alertKindOf(transitionOf(transition))).toBe(kind);
  });
});

describe('the words of an alert', () => {
  test('say why a person is needed, what to do, and where more is said', () => {
    const todo = "Answer it in the worker's room !abc:test. The result is accepted when it arrives.";
    expect(
      hiringAlert('attention', transitionOf(), recordOf({ reason: { code: 'worker_question' } })),
    ).toEqual({
      key: `attention-${HIRING}-a1-7`,
      kind: 'attention',
      text: `${NAME} needs you: the worker asks a question. ${todo} For details, run: ${ASK}`,
      atMs: 1_000,
      hiringId: HIRING,
      agentId: AGENT,
      attempt: 1,
      amount: undefined,
      subject: `${HIRING}/1/worker_question`,
    });
  });

  test.each(Object.values(sampleReasons((field) => `canary-${field}`)))(
    'leave out what may be from outside: $code',
    (reason) => {
      const transition = transitionOf({ reason: reason.code, cause: 'canary-cause' });
      const alert = hiringAlert('attention', transition, recordOf({ reason }));
      expect(alert.text).toContain(`needs you: ${attentionWhy(reason, 'anybody')}. `);
      expect(JSON.stringify(alert)).not.toContain('canary');
    },
  );

  test('say nothing of a reason that another one has followed', () => {
    const alert = hiringAlert('attention', transitionOf(), recordOf({ reason: { code: 'result_echo' } }));
    expect(alert.text).toBe(
      `${NAME} needs you: it cannot continue without you. For the reason and what to do, run: ${ASK}`,
    );
  });

  test('are about the same however long the worker was silent', () => {
    const silent = (silentSeconds: number) =>
      hiringAlert(
        'attention',
        transitionOf({ reason: 'worker_silent' }),
        recordOf({ reason: { code: 'worker_silent', silentSeconds, messages: 4 } }),
      );
    expect(silent(900).text).toContain('silent for 900 s, and was notified 4 times');
    expect(silent(900).subject).toBe(silent(1_000).subject);
  });

  test('name price and payout of what was paid, as amounts only', () => {
    const paid = transitionOf({ to: 'completed', event: 'result_settled' });
    const { text, amount } = hiringAlert('paid', paid, recordOf({}));
    expect(text).toBe(`${NAME} is completed: price 25.00 USD, expected payout 23.75 USD.`);
    expect(amount).toEqual({ price: '25.00', payoutForecast: '23.75' });
    expect(hiringAlert('paid', paid, recordOf({ price: 'canary' })).text).toBe(
      `${NAME} is completed; its price is unknown.`,
    );
  });

  test('say how it failed', () => {
    const failed = (more: Partial<LoggedTransition>) =>
      hiringAlert('failed', transitionOf(more), recordOf({})).text;
    expect(failed({ to: 'failed', event: 'failure_settled' })).toBe(
      `${NAME} was reported as failed, and the hirer is refunded: it missed its deadline.`,
    );
    expect(failed({ to: 'failed', event: 'over_failed' })).toContain('is failed or refunded');
    expect(failed({ to: 'cancelled', event: 'over_cancelled' })).toContain('was cancelled');
  });

  test('do without a hiring that cannot be read, and without an attempt', () => {
    const { text, attempt } = hiringAlert('attention', transitionOf({ attempt: 0 }), undefined);
    expect(text).toContain(`Hiring ${HIRING} (agent ${AGENT}) needs you`);
    expect(attempt).toBeUndefined();
  });

  test('of agents that hear nothing and hear again', () => {
    const known = { agent: AGENT, reason: 'silent', sinceMs: 0, seenAtMs: 400_000 } as const;
    expect(offlineAlert(known, 420_000)).toMatchObject({
      key: `offline-${AGENT}-0`,
      agentId: AGENT,
      subject: AGENT,
      text: expect.stringContaining('its session has been down for 7 minutes'),
    });
    expect(offlineAlert({ ...known, agent: 'agents.0', reason: 'refused' }, 1)).toMatchObject({
      agentId: undefined,
      text: expect.stringContaining('Agent agents.0 receives no hirings: the marketplace refuses its key'),
    });
    expect(onlineAlert(known, 5)).toMatchObject({
      key: `online-${AGENT}-0`,
      text: expect.stringContaining('again'),
    });
  });

  test('sum up what was too much', () => {
    expect(summaryText({ attention: 3, paid: 9 })).toMatch(
      /^12 more alerts in the last hour: 9 paid, 3 attention\./,
    );
    expect(summaryText({ agent_offline: 1 })).toMatch(/^1 more alert in the last hour: 1 agent offline\./);
  });
});
