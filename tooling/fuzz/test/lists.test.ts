import { describe, expect, test } from 'vitest';
import { EXEMPT } from '../src/exempt.ts';
import { readingFiles } from '../src/find-patterns.ts';
import { SCANNERS } from '../src/scanners.ts';
import { sourceFiles } from '../src/source-files.ts';

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
