import { describe, expect, test } from 'vitest';
import { completeRead, standingOf, unreadHiring, type Hiring } from './hiring.ts';
import { hiringIdSchema } from './ids.ts';
import { Secret } from './secret.ts';

const unread = unreadHiring(hiringIdSchema.parse('0b7e1d2c-3f4a-4b5c-8d6e-7f8091a2b3c4'));
const repoUrl = 'https://github.com/acme/ui-kit';

describe('how a hiring stands', () => {
  test.each([
    ['paid', undefined, 'active'],
    ['in_progress', false, 'active'],
    ['queued', undefined, 'waiting'],
    ['pending_payment', undefined, 'waiting'],
    ['revision_requested', undefined, 'waiting'],
    ['revision_requested', true, 'over'],
    ['completed', undefined, 'over'],
    ['disputed', undefined, 'over'],
    ['refunded', false, 'over'],
  ])('%s, final %s: %s', (status, final, standing) => {
    expect(standingOf({ status, final })).toBe(standing);
  });
});

describe('a read completed by what was heard', () => {
  const push: Partial<Hiring> = { deliveryMode: 'push', deliveryStated: true };
  const output: Partial<Hiring> = { deliveryMode: 'output', deliveryStated: true };

  test.each([
    ['nobody says anything', {}, {}, 'output'],
    ['the read says output', output, {}, 'output'],
    [
      'the read says output, what was heard has a repository',
      output,
      { repoUrl, deliveryMode: 'unclear' },
      'output',
    ],
    ['only what was heard says push', {}, push, 'push'],
    ['the read says push, what was heard says output', push, output, 'push'],
    ['nobody says, what was heard has a repository', {}, { repoUrl, deliveryMode: 'unclear' }, 'unclear'],
    ['nobody says, the read has a repository', { repoUrl, deliveryMode: 'unclear' }, {}, 'unclear'],
  ] as const)('%s', (_name, read, heard, mode) => {
    expect(completeRead({ ...unread, ...read }, { ...unread, ...heard }).deliveryMode).toBe(mode);
  });

  test('keeps the token that only one of them holds', () => {
    const heard = { ...unread, repoUrl, repoToken: new Secret('ghp_x') };
    expect(completeRead(unread, heard)).toMatchObject({ repoUrl, repoToken: heard.repoToken });
  });
});
