import { describe, test } from 'vitest';
import { killAgainAndAgain } from '../src/cycles.ts';
import { failEveryCall } from '../src/failing-calls.ts';
import { POINTS } from '../src/points.ts';
import { runPoint } from '../src/run-point.ts';

/** The short form; `npm run crash` runs every point. */
const SHARED = [
  'received by MCP: inside the transaction, after the hiring',
  'send: after the server stored the event, before our answer',
  'settle: between the result sent and answered',
];

describe.concurrent('killed with SIGKILL and started again', () => {
  test.for(SHARED.map((name) => [name] as const))(
    '%s: every hiring is finished once',
    async ([name], { expect }) => {
      const point = POINTS.find((one) => one.name === name);
      if (point === undefined) throw new Error(`there is no point "${name}"`);
      expect(await runPoint(point)).toEqual({ name, lost: 0, doubled: 0, details: [] });
    },
  );

  test('again and again, both apps on one store: nothing is lost and nothing doubled', async ({ expect }) => {
    const outcome = await killAgainAndAgain({ kills: 3 });
    expect(outcome).toMatchObject({ kills: 3, lost: 0, doubled: 0, details: [] });
  });
});

test('an outside call that fails, and one whose answer is lost, lose and double nothing', async ({
  expect,
}) => {
  const outcome = await failEveryCall({ moment: 'after', every: 8, most: 2 });
  expect(outcome).toMatchObject({ calls: 2, lost: 0, doubled: 0, details: [] });
});
