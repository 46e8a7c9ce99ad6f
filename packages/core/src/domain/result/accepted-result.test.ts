import { describe, expect, test } from 'vitest';
import { withoutYes } from './accepted-result.ts';
import { FRESH_PROGRESS } from '../hiring/hiring-record.ts';

describe("the memory without an operator's yes to a result", () => {
  test.each([
    [
      { price: true, work: true, sha256: 'c0ffee' },
      { price: true, work: true },
    ],
    [{ price: true, sha256: 'c0ffee' }, { price: true }],
    [{ work: true, sha256: 'c0ffee' }, { work: true }],
    [{ sha256: 'c0ffee' }, undefined],
    [{ price: true }, { price: true }],
  ])('keeps those to the price and to the work: %o', (approved, left) => {
    expect(withoutYes({ ...FRESH_PROGRESS, approved }).approved).toEqual(left);
  });
});
