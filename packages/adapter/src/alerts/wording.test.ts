import {
  agentIdSchema,
  hiringIdSchema,
  taskIdOf,
  type HiringRecord,
  type LoggedMove,
} from '@agrenting-hiclaw/core/domain';
import { describe, expect, test } from 'vitest';
import { deafAlert, hiringAlert, heardAlert, summaryText } from './wording.ts';
import { worthTelling } from './worth-telling.ts';

const HIRING = hiringIdSchema.parse('550e8400-e29b-41d4-a716-446655440000');
const AGENT = agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000001');
const NAME = `Hiring ${HIRING} (agent ${AGENT}, attempt 1)`;
const ASK = `agrenting-hiclaw hirings show ${HIRING}`;

const moveOf = (more: Partial<LoggedMove> = {}): LoggedMove => ({
  sequence: 7,
  hiringId: HIRING,
  agentId: AGENT,
  attempt: 1,
  atMs: 1_000,
  from: 'acknowledged',
  event: 'needs_person',
  to: 'attention',
  cause: 'the worker asks a question',
  ...more,
});

/** As it stands in the store, with text from outside wherever there may be any. */
function recordOf({
  todo,
  price = '25.00',
}: {
  readonly todo?: string;
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
    heardAtMs: 0,
    heard: { intake: 'mcp', hiring, atMs: 0 },
    rereadWanted: false,
    attempt: {
      number: 1,
      marker: {},
      taskId: taskIdOf(HIRING, 1, '0'.repeat(24)),
      hiring,
      openedAtMs: 0,
      progress: {
        messages: [],
        proofs: [],
        signSequence: 0,
        verdict: { kind: 'failure', failure: { reason: 'timeout', text: 'canary-failure' } },
        ...(todo === undefined ? {} : { attention: { why: 'canary-why', todo, from: 'acknowledged' } }),
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
    ['taken back', { from: 'completed', to: 'completed', event: 'payment_reversed' }, 'disputed'],
    ['paid after all', { from: 'failed', to: 'failed', event: 'payment_released' }, 'paid'],
    ['run again by the hirer', { to: 'cancelled', event: 'superseded' }, undefined],
    ['rejected, because nobody bought it', { to: 'rejected', event: 'absent' }, undefined],
    ['on its way', { to: 'sent', event: 'sent' }, undefined],
  ] satisfies [string, Partial<LoggedMove>, string | undefined][])('%s', (_, move, kind) => {
    expect(worthTelling(moveOf(move))).toBe(kind);
  });
});

describe('the words of an alert', () => {
  test('say why a person is needed, what to do, and where more is said', () => {
    const todo = "Answer it in the worker's room !abc:test. The result is taken when it comes.";
    expect(hiringAlert('attention', moveOf(), recordOf({ todo }))).toEqual({
      key: `attention-${HIRING}-a1-7`,
      kind: 'attention',
      text: `${NAME} needs you: the worker asks a question. ${todo} More is said by: ${ASK}`,
      atMs: 1_000,
      hiringId: HIRING,
      agentId: AGENT,
      attempt: 1,
      amount: undefined,
      subject: `${HIRING}/1/the worker asks a question`,
    });
  });

  test.each([
    ['the marketplace refused the result: canary-answer', 'the marketplace refused the result'],
    ['the worker could not be told: M_FORBIDDEN canary', 'the worker could not be told'],
    ['the result is held: canary', 'the result is held'],
    ["the worker's model failed, and was told 4 times", "the worker's model failed, and was told 4 times"],
    ['the homeserver at http://canary answered 403 canary', 'it cannot go on by itself'],
    ['the marketplace answered something odd: {"canary":1}', 'it cannot go on by itself'],
  ])('leave out what may be from outside: %s', (cause, why) => {
    const record = recordOf({ todo: 'the homeserver said canary: invite us' });
    const { text } = hiringAlert('attention', moveOf({ cause }), record);
    expect(text).toBe(`${NAME} needs you: ${why}. Why and what to do is said by: ${ASK}`);
    expect(JSON.stringify(hiringAlert('attention', moveOf({ cause }), record))).not.toContain('canary');
  });

  test('take a todo only as a whole', () => {
    const todo = 'Wait for the result, which is taken when it comes.\ncanary <https://evil.example>';
    expect(hiringAlert('attention', moveOf(), recordOf({ todo })).text).not.toContain('canary');
  });

  test('are about the same however long the worker was silent', () => {
    const silent = (seconds: number) =>
      hiringAlert(
        'attention',
        moveOf({ cause: `the worker has been silent for ${seconds} s, and was told 4 times` }),
        undefined,
      );
    expect(silent(900).text).toContain('silent for 900 s, and was told 4 times');
    expect(silent(900).subject).toBe(silent(1_000).subject);
  });

  test('name price and payout of what was paid, as amounts only', () => {
    const paid = moveOf({ to: 'completed', event: 'result_settled' });
    const { text, amount } = hiringAlert('paid', paid, recordOf({}));
    expect(text).toBe(`${NAME} is completed: price 25.00 USD, about 23.75 USD of it for you.`);
    expect(amount).toEqual({ price: '25.00', payoutForecast: '23.75' });
    expect(hiringAlert('paid', paid, recordOf({ price: 'canary' })).text).toBe(
      `${NAME} is completed; its price is not known.`,
    );
  });

  test('say how it failed', () => {
    const failed = (more: Partial<LoggedMove>) => hiringAlert('failed', moveOf(more), recordOf({})).text;
    expect(failed({ to: 'failed', event: 'failure_settled' })).toBe(
      `${NAME} was reported as failed, and the hirer is refunded: it was not done by its deadline.`,
    );
    expect(failed({ to: 'failed', event: 'over_failed' })).toContain('is failed or refunded');
    expect(failed({ to: 'cancelled', event: 'over_cancelled' })).toContain('was cancelled');
  });

  test('do without a hiring that cannot be read, and without an attempt', () => {
    const { text, attempt } = hiringAlert('attention', moveOf({ attempt: 0 }), undefined);
    expect(text).toContain(`Hiring ${HIRING} (agent ${AGENT}) needs you`);
    expect(attempt).toBeUndefined();
  });

  test('of agents that hear nothing and hear again', () => {
    const known = { agent: AGENT, reason: 'silent', sinceMs: 0, seenAtMs: 400_000 } as const;
    expect(deafAlert(known, 420_000)).toMatchObject({
      key: `deaf-${AGENT}-0`,
      agentId: AGENT,
      subject: AGENT,
      text: expect.stringContaining('its MCP session has been down for 7 minutes'),
    });
    expect(deafAlert({ ...known, agent: 'agents.0', reason: 'refused' }, 1)).toMatchObject({
      agentId: undefined,
      text: expect.stringContaining('Agent agents.0 hears no hirings: the marketplace does not take its key'),
    });
    expect(heardAlert(known, 5)).toMatchObject({
      key: `heard-${AGENT}-0`,
      text: expect.stringContaining('again'),
    });
  });

  test('sum up what was too much', () => {
    expect(summaryText({ attention: 3, paid: 9 })).toMatch(
      /^12 more alerts in the last hour: 9 paid, 3 attention\./,
    );
    expect(summaryText({ deaf: 1 })).toMatch(/^1 more alert in the last hour: 1 deaf\./);
  });
});
