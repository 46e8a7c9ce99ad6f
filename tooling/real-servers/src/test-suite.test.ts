import { expect, test } from 'vitest';
import { findChromium } from './chromium.ts';
import { lineOf, tallyOf, totalOf } from './test-suite.ts';

test('all suites are one line', () => {
  const total = totalOf([
    { passed: 3, failed: 0, skipped: 0 },
    { passed: 40, failed: 1, skipped: 0 },
  ]);
  expect(lineOf(total)).toBe('43 passed, 1 failed');
});

test('what was left out is counted as such, and never as passed', () => {
  const total = totalOf([
    { passed: 0, failed: 0, skipped: 1 },
    { passed: 0, failed: 0, skipped: 5 },
  ]);
  expect(lineOf(total)).toBe('0 passed, 0 failed, 6 skipped');
});

test('a run of nothing is a failure', () => {
  expect(lineOf(totalOf([{ passed: 0, failed: 0, skipped: 0 }]))).toBe('0 passed, 1 failed');
});

test('a browser that is named and not there is missing by its name, and nothing is installed', async () => {
  const said: string[] = [];
  const found = await findChromium('/nowhere/chromium', (line) => said.push(line));
  expect(found).toEqual({ kind: 'missing', why: 'no /nowhere/chromium, which CHROMIUM names' });
  expect(said).toEqual([]);
});

test.each([
  ['✓ slow 9 s\n12 passed, 0 failed, 3 skipped\n', true, { passed: 12, failed: 0, skipped: 3 }],
  ['11 passed, 1 failed\n', false, { passed: 11, failed: 1, skipped: 0 }],
  // Broken off behind its line, or before it.
  ['12 passed, 0 failed\n', false, { passed: 12, failed: 1, skipped: 0 }],
  ['12 passed, 0 failed\nKilled\n', true, { passed: 0, failed: 1, skipped: 0 }],
  ['', true, { passed: 0, failed: 1, skipped: 0 }],
])('%j of a run of the slow tests is counted', (output, succeeded, tally) => {
  expect(tallyOf(output, succeeded)).toEqual(tally);
});
