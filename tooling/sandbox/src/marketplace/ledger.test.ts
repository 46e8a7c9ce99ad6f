import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ManualClock } from './clock.ts';
import { RefusedError } from './index.ts';
import { Ledger } from './ledger.ts';
import { formatCents } from './money.ts';
import { openRawClient } from './testing/raw-client.ts';
import { openFixture, type Fixture } from './testing/fixture.ts';

type Step =
  | { kind: 'deposit'; cents: number }
  | { kind: 'hire'; cents: number; probed: boolean }
  | { kind: 'complete' | 'fail' | 'cancel' | 'retry' | 'dispute'; which: number }
  | { kind: 'resolve'; which: number; cents: number; outcome: 'release' | 'refund' | 'split' };

const cents = fc.integer({ min: 0, max: 8_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('deposit' as const), cents: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ kind: fc.constant('hire' as const), cents, probed: fc.boolean() }),
  fc.record({
    kind: fc.constantFrom(
      'complete' as const,
      'fail' as const,
      'cancel' as const,
      'retry' as const,
      'dispute' as const,
    ),
    which: fc.nat(20),
  }),
  fc.record({
    kind: fc.constant('resolve' as const),
    which: fc.nat(20),
    cents,
    outcome: fc.constantFrom('release' as const, 'refund' as const, 'split' as const),
  }),
);

/** Does one step through the doors that hirers and agents use; what is refused changes nothing. */
async function take(
  fixture: Fixture,
  agentId: string,
  apiKey: string,
  ids: string[],
  taken: Step,
): Promise<void> {
  const { marketplace, hirer, call } = fixture;
  if (taken.kind === 'deposit') {
    marketplace.deposit(hirer.id, formatCents(taken.cents));
    return;
  }
  if (taken.kind === 'hire') {
    // A hiring that nobody probes stays in `paid`: money in escrow that nothing has decided on.
    const payment = taken.probed ? 'balance' : 'async';
    const price = formatCents(taken.cents);
    const { id } = marketplace.hire({ hirerId: hirer.id, agentId, taskDescription: 'x', price, payment });
    ids.push(id);
    await marketplace.hirings.when(id, ({ status }) => status !== 'queued');
    return;
  }
  const id = ids[taken.which % Math.max(1, ids.length)];
  if (id === undefined) return;
  const path = `/api/v1/hirings/${id}`;
  switch (taken.kind) {
    case 'complete':
      await call('POST', `${path}/result`, { as: apiKey, body: { output: {} } });
      break;
    case 'fail':
      await call('POST', `${path}/failure`, { as: apiKey, body: { reason: 'other' } });
      break;
    case 'cancel':
      await call('POST', `${path}/cancel`, { as: hirer.token });
      break;
    case 'retry':
      await call('POST', `${path}/retry`, { as: hirer.token });
      await marketplace.hirings.when(id, ({ status }) => status !== 'queued');
      break;
    case 'dispute':
      marketplace.dispute(id);
      break;
    case 'resolve':
      marketplace.resolveDispute(
        id,
        taken.outcome === 'split'
          ? { outcome: 'split', ownerShare: formatCents(taken.cents) }
          : { outcome: taken.outcome },
      );
      break;
  }
}

describe('money', () => {
  test('is neither made nor lost, whatever hirers and agents do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const fixture = await openFixture({ switches: { rate_limit_per_minute: 1_000 } });
        const { marketplace, hirer, owner } = fixture;
        const anyPrice = marketplace.registerAgent({ ownerId: owner.id, name: 'Any price' });
        await openRawClient(marketplace.url, anyPrice.apiKey, { pong: true });
        const ids: string[] = [];
        for (const taken of steps) {
          try {
            await take(fixture, anyPrice.id, anyPrice.apiKey, ids, taken);
          } catch (error) {
            if (!(error instanceof RefusedError)) throw error;
          }
          const { balanced, problems, accounts } = marketplace.ledger.audit();
          expect(problems).toEqual([]);
          expect(balanced).toBe(true);

          // The same sum by what the hirings say, not the ledger.
          const open = marketplace.hirings
            .list()
            .filter(({ status }) => ['queued', 'paid', 'in_progress', 'disputed'].includes(status))
            .reduce((sum, { priceCents }) => sum + priceCents, 0);
          const earned = marketplace.agents().reduce((sum, { earnedCents }) => sum + earnedCents, 0);
          const deposited = -(accounts['outside'] ?? 0);
          expect(accounts[`available:${owner.id}`] ?? 0).toBe(earned);
          const spent = open + earned + (accounts['fees'] ?? 0);
          expect(accounts[`available:${hirer.id}`]).toBe(deposited - spent);
        }
        await marketplace.close();
      }),
      { numRuns: 40 },
    );
  });

  test('can be read by whom it belongs to', async () => {
    const { call, hirer, owner, agent, marketplace, startedHiring } = await openFixture();
    const id = await startedHiring();
    const balance = await call('GET', '/api/v1/ledger/balance', { as: hirer.token });
    expect(balance.data).toEqual({ available: '80.00', escrow: '20.00', total: '100.00', currency: 'USD' });
    await call('POST', `/api/v1/hirings/${id}/result`, { as: agent.apiKey, body: { output: {} } });
    expect((await call('GET', '/api/v1/ledger/balance', { as: agent.apiKey })).data).toMatchObject({
      available: '19.00',
    });
    const rows = async (as: string, query = '') =>
      (await call('GET', `/api/v1/ledger/transactions${query}`, { as })).rows.map(({ type, amount }) => [
        type,
        amount,
      ]);
    expect(await rows(hirer.token)).toEqual([
      ['hold', '-20.00'],
      ['deposit', '100.00'],
    ]);
    expect(await rows(hirer.token, '?type=deposit')).toEqual([['deposit', '100.00']]);
    expect(await rows(hirer.token, '?limit=1&offset=1')).toEqual([['deposit', '100.00']]);
    expect(await rows(owner.token)).toEqual([['release', '19.00']]);
    expect((await call('GET', '/api/v1/ledger/balance')).status).toBe(401);
    expect(() => marketplace.deposit(hirer.id, '0')).toThrow('INVALID_AMOUNT');
    expect(() => marketplace.createUser({ balance: 'much' })).toThrow('INVALID_AMOUNT');
  });
});

test('the ledger forgets old entries without losing its balance', () => {
  const ledger = new Ledger(new ManualClock(), 10);
  for (let count = 0; count < 50; count += 1) {
    ledger.deposit('hirer', 100);
    ledger.hold('hirer', `h${count}`, 100);
    if (count % 2 === 0) ledger.release(`h${count}`, 'owner');
    else ledger.refund(`h${count}`);
    expect(ledger.audit()).toMatchObject({ balanced: true, problems: [] });
  }
  expect(ledger.entries().length).toBeLessThanOrEqual(10);
  expect(ledger.balanceOf('owner').availableCents).toBe(25 * 95);
});
