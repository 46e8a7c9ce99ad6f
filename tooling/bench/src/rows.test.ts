import { expect, test } from 'vitest';
import { atLeast, atMost, figure, lastLine, table } from './rows.ts';

const rows = [
  atMost('wait', 12.3456, 'ms', 10),
  atLeast('rate', 64, '%', 50),
  figure('  of it idle', 3, 'ms'),
];

test('the last line has each figure with its goal, and whether it was met', () => {
  expect(JSON.parse(lastLine('engine', rows))).toEqual({
    bench: 'engine',
    rows: [
      { name: 'wait', value: 12.35, unit: 'ms', goal: '<= 10', ok: false },
      { name: 'rate', value: 64, unit: '%', goal: '>= 50', ok: true },
      { name: '  of it idle', value: 3, unit: 'ms', goal: null, ok: true },
    ],
  });
});

test('the table says what was missed', () => {
  expect(
    table(rows)
      .split('\n')
      .map((line) => line.split(/\s{2,}/).slice(-1)),
  ).toEqual([['goal'], ['missed'], ['ok'], ['ms']]);
});
