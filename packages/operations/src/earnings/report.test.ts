import { agentIdSchema, earningOf } from '@agrenting-hiclaw/core/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf, jsonOf, reportOf, rowsOf, totalOf } from './report.ts';

const ALICE = agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000001');
const BOB = agentIdSchema.parse('0a0a0a0a-0000-4000-8000-000000000002');
const DAY_MS = 86_400_000;

const paid = [
  { agentId: BOB, dayMs: DAY_MS, price: '0.30', count: 3, takenBack: false },
  { agentId: ALICE, dayMs: 2 * DAY_MS, price: undefined, count: 2, takenBack: false },
  { agentId: ALICE, dayMs: DAY_MS, price: '10.00', count: 1, takenBack: false },
  { agentId: ALICE, dayMs: DAY_MS, price: '999999999999999.99', count: 1, takenBack: false },
  { agentId: ALICE, dayMs: DAY_MS, price: 'much', count: 1, takenBack: false },
  { agentId: BOB, dayMs: DAY_MS, price: '0.30', count: 2, takenBack: true },
];

test('a row per agent and day, each hiring rounded for itself', () => {
  const { days, unreadable } = reportOf(paid);
  expect(unreadable).toEqual(['much']);
  // 5 % of 30 cents are 1.5, rounded up, three times.
  expect(csvOf(days)).toBe(
    [
      'agent_id,day,hirings,gross_cents,fee_cents,net_cents,taken_back,taken_back_cents',
      `${ALICE},1970-01-02,3,100000000000000999,5000000000000050,95000000000000949,0,0`,
      `${ALICE},1970-01-03,2,0,0,0,0,0`,
      `${BOB},1970-01-02,3,90,6,84,2,56`,
      '',
    ].join('\r\n'),
  );
  expect(jsonOf(days)).toContain('"gross_cents": 100000000000000999,');
  expect(JSON.parse(jsonOf(days))).toMatchObject({
    earnings: [{ agent_id: ALICE, day: '1970-01-02', hirings: 3 }, {}, { net_cents: 84 }],
    total: { hirings: 8 },
  });
  expect(JSON.parse(jsonOf([]))).toMatchObject({ earnings: [], total: { gross_cents: 0 } });
  expect(rowsOf(days).at(2)).toEqual([BOB, '1970-01-02', '3', '0.90', '0.06', '0.84', '0.56']);
});

test('net and fee are the gross, and days are the sum of their hirings', () => {
  const rows = fc.record({
    agentId: fc.constantFrom(ALICE, BOB),
    dayMs: fc.integer({ min: 0, max: 40 }).map((day) => day * DAY_MS),
    price: fc.option(
      fc.integer({ min: 0, max: 10 ** 9 }).map((cents) => `${cents}.${cents % 1_000}`),
      { nil: undefined },
    ),
    count: fc.integer({ min: 1, max: 1_000_000 }),
    takenBack: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(rows), (all) => {
      const { days } = reportOf(all);
      for (const day of [...days, totalOf(days)]) {
        expect(day.feeCents + day.netCents).toBe(day.grossCents);
      }
      const [taken, paidOnes] = [all.filter((row) => row.takenBack), all.filter((row) => !row.takenBack)];
      const net = (some: typeof all) =>
        some.reduce((sum, { price, count }) => sum + BigInt(count) * (earningOf(price)?.netCents ?? 0n), 0n);
      const hirings = (some: typeof all) => some.reduce((sum, { count }) => sum + count, 0);
      const total = totalOf(days);
      expect([total.netCents, total.takenBackCents]).toEqual([net(paidOnes), net(taken)]);
      expect([total.hirings, total.takenBack]).toEqual([hirings(paidOnes), hirings(taken)]);
    }),
  );
});
