import { describe, expect, test } from 'vitest';
import { adversaries, mixture, type Adversary } from '../src/adversaries.ts';
import { longestTurnMs } from '../../../packages/core/src/domain/testing/longest-turn.ts';
import { EXEMPT } from '../src/exempt.ts';
import { readingFiles } from '../src/find-patterns.ts';
import { SCANNERS } from '../src/scanners.ts';
import { sourceFiles } from '../src/source-files.ts';

const MIB = 1024 * 1024;
const isLong = process.env['TEST_FUZZ_LONG'] !== undefined;
const MAX_BYTES = isLong ? 64 * MIB : MIB / 4;
const SEEDS = isLong ? 200 : 3;
/**
 * What is promised: 100 ms for a megabyte, and for any turn of what is longer. In every run a quarter of it may take half of
 * that: whatever else a machine does slows a thread to half of its speed.
 */
const MAX_TURN_MS = isLong ? 100 : 50;

const covered = Object.values(SCANNERS).flatMap(({ files }) => files);
const exempt = Object.values(EXEMPT).flat();

describe('the list of what reads text and bytes', () => {
  test('is whole: whatever reads is on it, or says why not', () => {
    const known = new Set([...covered, ...exempt]);
    const missing = readingFiles().filter((file) => !known.has(file));
    expect(missing, 'add each to SCANNERS with what it reads, or to EXEMPT with the reason').toEqual([]);
  });

  test('names only files that there are, and exempts none that is on it', () => {
    const there = new Set(sourceFiles());
    expect([...covered, ...exempt].filter((file) => !there.has(file))).toEqual([]);
    expect(exempt.filter((file) => covered.includes(file))).toEqual([]);
    expect(exempt).toHaveLength(new Set(exempt).size);
  });
});

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
