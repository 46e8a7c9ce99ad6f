import { describe, expect, test } from 'vitest';
import { standingOf, unreadHiring, withDelivery, type Hiring } from './hiring.ts';
import { hiringIdSchema } from './ids.ts';
import { Secret } from '../credentials/secret.ts';

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
    ['expired', undefined, 'over'],
  ])('%s, final %s: %s', (status, final, standing) => {
    expect(standingOf({ status, final })).toBe(standing);
  });
});

describe('the delivery of a read', () => {
  const push: Partial<Hiring> = { deliveryMode: 'push', deliveryStated: true };
  const output: Partial<Hiring> = { deliveryMode: 'output', deliveryStated: true };
  const whole: Partial<Hiring> = { ...push, repoUrl, repoToken: new Secret('ghp_x') };
  const elsewhere = 'https://github.com/acme/other';

  test.each([
    ['nobody says anything', {}, {}, undefined, 'output'],
    ['it says output, another has a repository', output, whole, whole, 'output'],
    ['another authenticated document says all of it', {}, whole, undefined, 'push'],
    ['it says push without a token, another says all of it', { ...push, repoUrl }, whole, undefined, 'push'],
    ['only the webhook speaks of a repository', {}, {}, whole, 'unclear'],
    ['it has a repository and no mode', { repoUrl, deliveryMode: 'unclear' }, {}, undefined, 'unclear'],
  ] as const)('%s', (_name, read, other, hinted, mode) => {
    const delivery = withDelivery(
      { ...unread, ...read },
      [{ ...unread, ...other }],
      hinted === undefined ? undefined : { ...unread, ...hinted },
    );
    expect(delivery.deliveryMode).toBe(mode);
  });

  test('is of one document: another that names another repository gives neither address nor token', () => {
    const other = { ...unread, ...whole, repoUrl: elsewhere };
    const delivery = withDelivery({ ...unread, ...push, repoUrl }, [other], other);
    expect([delivery.repoUrl, delivery.repoToken]).toEqual([repoUrl, undefined]);
  });

  test('takes nothing out of a webhook', () => {
    const delivery = withDelivery(unread, [], { ...unread, ...whole });
    expect([delivery.repoUrl, delivery.repoToken]).toEqual([undefined, undefined]);
  });
});
