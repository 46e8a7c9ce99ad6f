import { describe, expect, test } from 'vitest';
import { attentionReasonSchema, isHold, type AttentionReason } from './attention-reason.ts';
import { attentionTexts, attentionWhy } from './attention-texts.ts';
import { FRESH_PROGRESS, type HiringRecord } from '../hiring/hiring-record.ts';
import { taskIdOf } from '../hiring/ids.ts';
import { sampleReasons } from '../testing/attention-reasons.ts';
import { canaryHiring, outsideQuotes } from '../testing/canary.ts';

const hiring = canaryHiring((field) => `canary ${field}`);
const { hiringId, agentId } = hiring;
const taskId = taskIdOf(hiringId, 1, '0'.repeat(24));
const REASONS = Object.values(sampleReasons((field) => `canary" ${field}\n<b>`));

function recordWith(reason: AttentionReason, approves?: 'result'): HiringRecord {
  return {
    hiringId,
    agentId,
    state: 'attention',
    receivedAtMs: 1,
    received: { intake: 'mcp', hiring, atMs: 1 },
    rereadWanted: false,
    attempt: {
      number: 1,
      marker: {},
      taskId,
      hiring,
      openedAtMs: 1,
      progress: {
        ...FRESH_PROGRESS,
        worker: { name: 'alice', userId: '@alice:x', roomId: '!a:x' },
        attention: { reason, from: 'submitted', approves },
      },
    },
  };
}

describe('why an operator is needed', () => {
  test.each(REASONS)('$code is stored as it is', (reason) => {
    expect(attentionReasonSchema.parse(JSON.parse(JSON.stringify(reason)))).toEqual(reason);
  });

  test.each(REASONS)('$code says what happened and what to do, and quotes others', (reason) => {
    const { why = '', todo = '' } = attentionTexts(recordWith(reason)) ?? {};
    expect(why).toMatch(/^[^\n]{10,}[^.\n]$/);
    expect(todo).toMatch(/^[^\n]{10,}$/);
    expect(outsideQuotes(`${why} ${todo}`)).not.toContain('canary');
  });

  test.each(REASONS)('$code says nothing of others where anybody reads it', (reason) => {
    const { why = '', todo = '' } = attentionTexts(recordWith(reason), 'anybody') ?? {};
    expect(why.length).toBeGreaterThan(10);
    expect(`${why} ${todo}`).not.toContain('canary');
  });

  test.each(REASONS.filter(isHold))('$code names the folder of the result', (reason) => {
    expect(attentionTexts(recordWith(reason))).toEqual({
      why: expect.stringMatching(/^the result is held: /),
      todo: expect.stringContaining(`shared/tasks/${taskId}/`),
    });
  });

  test('offers a yes only where one lets it go on', () => {
    const reason = { code: 'result_echo' } as const;
    const yes = `agrenting-hiclaw hirings approve ${hiringId}`;
    expect(attentionTexts(recordWith(reason, 'result'))?.todo).toContain(yes);
    expect(attentionTexts(recordWith(reason))?.todo).not.toContain(yes);
  });

  test.each([
    [
      true,
      `Answer with: agrenting-hiclaw hirings answer ${hiringId} yes (or no). Say nothing else in room !a:x`,
    ],
    [
      false,
      `read it in room !a:x and answer it there, or say no with: agrenting-hiclaw hirings answer ${hiringId} no`,
    ],
  ])('says where a command is approved (shown whole: %s)', (isShownWhole, todo) => {
    const texts = attentionTexts(recordWith({ code: 'guard_question', isShownWhole }));
    expect(texts?.todo).toContain(todo);
  });

  test.each([
    [{ code: 'result_digest_mismatch', reported: ['a', 'b'] }, 'the worker reported 2 SHA-256s'],
    [{ code: 'result_not_reported' }, "the worker's report does not name its SHA-256"],
    [{ code: 'result_not_reported', unread: 'other_files' }, 'the SHA-256 of other files'],
    [{ code: 'files_over_limit', names: ['a.bin'], maxBytes: 9 }, '"a.bin" is larger than 9 bytes'],
    [{ code: 'files_over_limit', names: ['a', 'b', 'c'], maxBytes: 9 }, '"a" and 2 more files are larger'],
    [
      { code: 'result_credential', found: 'own_secret' },
      'the result seems to contain a secret of this adapter',
    ],
    [{ code: 'worker_silent', silentSeconds: 60, messages: 1 }, 'silent for 60 s, and was notified 1 time'],
    [{ code: 'not_confirmed' }, 'does not show the hiring as ready'],
  ] satisfies [AttentionReason, string][])('%o says what it knows', (reason, words) => {
    expect(attentionWhy(reason)).toContain(words);
  });

  test('is nothing where a hiring needs nobody', () => {
    const record = recordWith({ code: 'result_echo' });
    expect(attentionTexts({ ...record, attempt: undefined })).toBeUndefined();
  });
});
