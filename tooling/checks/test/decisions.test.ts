import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'decisions');
const files = globSync('*.md', { cwd: folder }).toSorted((one, other) => one.localeCompare(other));

/** What a decision consists of, in this order. */
const PARTS = ['Decision', 'Why', 'What follows'];
const MAX_LINES = 18;
const MAX_COLUMNS = 150;

describe('decisions', () => {
  test('are numbered one after the other', () => {
    const numbers = files.map((file) => basename(file).slice(0, 4));
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')));
  });

  test.each(files)('%s has the form of all: what was decided, why, and what follows or was tried', (file) => {
    const [title = '', ...lines] = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
    expect(title).toMatch(new RegExp(`^# ${file.slice(0, 4)}: [A-Z].*[^.]$`));
    const parts = lines.flatMap((line) => /^\*\*(.+?)\.\*\* ./.exec(line)?.slice(1) ?? []);
    expect(parts).toEqual(PARTS);
    expect(lines.filter((line) => /^(#|\*\*)/.test(line))).toHaveLength(PARTS.length);
    expect(lines.filter((line) => line !== '').length).toBeLessThanOrEqual(MAX_LINES);
    expect(lines.filter((line) => line.length > MAX_COLUMNS)).toEqual([]);
  });
});
