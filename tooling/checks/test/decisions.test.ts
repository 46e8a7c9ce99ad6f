import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'decisions');

describe('decisions', () => {
  test('are numbered one after the other', () => {
    const numbers = globSync('*.md', { cwd: folder })
      .map((file) => basename(file).slice(0, 4))
      .toSorted((one, other) => one.localeCompare(other));
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')));
  });
});
