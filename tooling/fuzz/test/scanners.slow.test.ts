import { describe, expect, test } from 'vitest';
import { adversaries, mixture, type Adversary } from '../src/adversaries.ts';
import { longestTurnMs } from '../../../packages/core/src/domain/testing/longest-turn.ts';
import { SCANNERS } from '../src/scanners.ts';

const MIB = 1024 * 1024;
const isLong = process.env['TEST_FUZZ_LONG'] !== undefined;
const MAX_BYTES = isLong ? 64 * MIB : MIB / 4;
const SEEDS = isLong ? 200 : 3;
/**
 * What is promised: 100 ms for a megabyte, and for any turn of what is longer. In every run a quarter of it may take half of
 * that: whatever else a machine does slows a thread to half of its speed.
 */
const MAX_TURN_MS = isLong ? 100 : 50;

describe.each(Object.entries(SCANNERS))('%s', (_, { maxBytes = MAX_BYTES, reads }) => {
  const bytes = Math.min(maxBytes, MAX_BYTES);

  test('never holds the event loop for 100 ms, whatever is read', async () => {
    const held: string[] = [];
    for (const adversary of adversaries(bytes)) held.push(...(await heldBy(adversary)));
    for (let seed = 1; seed <= SEEDS; seed += 1) held.push(...(await heldBy(mixture(bytes, seed))));
    expect(held).toEqual([]);
  });

  async function heldBy({ name, bytes: given }: Adversary): Promise<readonly string[]> {
    const text = given.toString('utf8');
    const held: string[] = [];
    for (const [index, read] of reads.entries()) {
      const longestMs = await longestTurnMs(async () => await read(given, text), MAX_TURN_MS);
      if (longestMs >= MAX_TURN_MS) held.push(`${name}, read ${index}: ${Math.round(longestMs)} ms`);
    }
    return held;
  }
});
