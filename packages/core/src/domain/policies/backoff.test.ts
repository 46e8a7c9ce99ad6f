import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextWaitMs } from './backoff.ts';

const backoff = { baseMs: 1000, capMs: 60_000 };

test('a wait is never below the base, above the cap, or above three times the last', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.999_999, noNaN: true }), fc.nat(60_000), (random, lastMs) => {
      const waitMs = nextWaitMs(lastMs, backoff, () => random);
      expect(waitMs).toBeGreaterThanOrEqual(1000);
      expect(waitMs).toBeLessThanOrEqual(Math.min(60_000, Math.max(1000, lastMs * 3)));
    }),
  );
});

test('waits grow to the cap', () => {
  let waitMs = 0;
  for (let failure = 0; failure < 10; failure += 1) waitMs = nextWaitMs(waitMs, backoff, () => 0.999);
  expect(waitMs).toBeGreaterThan(59_000);
});
