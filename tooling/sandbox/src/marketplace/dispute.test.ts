import { describe, expect, test } from 'vitest';

import { openFixture } from './testing/fixture.ts';

async function disputing() {
  const fixture = await openFixture();
  const id = await fixture.startedHiring();
  fixture.marketplace.dispute(id);
  const money = () => ({
    hirer: fixture.marketplace.ledger.balance(fixture.hirer.id),
    owner: fixture.marketplace.ledger.balance(fixture.owner.id).available,
  });
  const read = () => fixture.call('GET', `/api/v1/hirings/${id}`, { as: fixture.agent.apiKey });
  const settle = (end: 'result' | 'failure') =>
    fixture.call('POST', `/api/v1/hirings/${id}/${end}`, {
      as: fixture.agent.apiKey,
      body: end === 'result' ? { output: {} } : { reason: 'other' },
    });
  return { fixture, id, money, read, settle };
}

describe('a disputed hiring', () => {
  test('keeps its money in escrow and cannot be settled: 409, or 423 by settle_disputed', async () => {
    const { fixture, money, read, settle } = await disputing();
    const before = money();
    expect(before).toEqual({ hirer: { available: '80.00', escrow: '20.00' }, owner: '0.00' });
    expect((await read()).data).toMatchObject({ status: 'disputed', final: true });
    for (const end of ['result', 'failure'] as const) {
      fixture.marketplace.switches.set(fixture.agent.id, { settle_disputed: '409' });
      const open = await settle(end);
      expect(open.status).toBe(409);
      expect(open.json).toMatchObject({ errors: [{ code: 'DISPUTE_OPEN' }] });
      fixture.marketplace.switches.set(fixture.agent.id, { settle_disputed: '423' });
      const locked = await settle(end);
      expect(locked.status).toBe(423);
      expect(locked.json).toMatchObject({ errors: [{ code: 'ESCROW_LOCKED' }] });
    }
    expect(money()).toEqual(before);
  });

  test('is refused over MCP with the same code', async () => {
    const { fixture, id } = await disputing();
    fixture.marketplace.switches.set(fixture.agent.id, { rpc_channel: 'body' });
    const client = await fixture.goOnline();
    const params = { name: 'submit_hiring_result', arguments: { hiring_id: id, output: 'Done' } };
    const { body } = await client.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    expect(body).toBe(
      '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text",' +
        '"text":"DISPUTE_OPEN: A dispute about the hiring is open"}],"isError":true}}',
    );
  });

  test('is neither cancelled nor retried', async () => {
    const { fixture, id } = await disputing();
    for (const verb of ['cancel', 'retry']) {
      const { status } = await fixture.call('POST', `/api/v1/hirings/${id}/${verb}`, {
        as: fixture.hirer.token,
      });
      expect(status).toBe(409);
    }
  });
});

describe('a dispute ends', () => {
  test.each([
    [{ outcome: 'release' }, 'completed', '80.00', '19.00', 100],
    [{ outcome: 'refund' }, 'refunded', '100.00', '0.00', 0],
    [{ outcome: 'split', ownerShare: '5.00' }, 'completed', '95.00', '4.75', 25],
  ] as const)('%j: %s', async (resolution, status, hirerHas, ownerHas, fees) => {
    const { fixture, id, money, read } = await disputing();
    const { marketplace } = fixture;
    marketplace.resolveDispute(id, resolution);
    expect((await read()).data).toMatchObject({ status, final: true });
    expect(money()).toEqual({ hirer: { available: hirerHas, escrow: '0.00' }, owner: ownerHas });
    expect(marketplace.ledger.audit()).toMatchObject({ balanced: true, accounts: { fees } });
    expect(() => marketplace.resolveDispute(id, { outcome: 'refund' })).toThrow('INVALID_STATE');
  });

  test.each(['0', '20.00', '30.00', 'half'])('not with a share of %s', async (ownerShare) => {
    const { fixture, id, money } = await disputing();
    const before = money();
    const resolution = { outcome: 'split', ownerShare } as const;
    expect(() => fixture.marketplace.resolveDispute(id, resolution)).toThrow('VALIDATION_ERROR');
    expect(money()).toEqual(before);
  });
});

describe('a hiring that was paid', () => {
  test.each([
    [{ outcome: 'release' }, 'completed', '80.00', '19.00', 100],
    [{ outcome: 'refund' }, 'refunded', '100.00', '0.00', 0],
  ] as const)(
    'is disputed, and its payment lies in escrow until %j: %s',
    async (end, status, hirerHas, ownerHas, fees) => {
      const fixture = await openFixture();
      const { marketplace } = fixture;
      const id = await fixture.startedHiring();
      await fixture.call('POST', `/api/v1/hirings/${id}/result`, {
        as: fixture.agent.apiKey,
        body: { output: { text: 'Done' } },
      });
      expect(marketplace.ledger.balance(fixture.owner.id).available).toBe('19.00');
      expect(marketplace.dispute(id)).toMatchObject({ status: 'disputed' });
      expect(marketplace.ledger.balance(fixture.hirer.id)).toEqual({ available: '80.00', escrow: '20.00' });
      expect(marketplace.ledger.balance(fixture.owner.id).available).toBe('0.00');
      expect(marketplace.resolveDispute(id, end)).toMatchObject({ status });
      expect(marketplace.ledger.balance(fixture.hirer.id)).toEqual({ available: hirerHas, escrow: '0.00' });
      expect(marketplace.ledger.balance(fixture.owner.id).available).toBe(ownerHas);
      expect(marketplace.ledger.audit()).toMatchObject({ balanced: true, accounts: { fees } });
    },
  );
});
