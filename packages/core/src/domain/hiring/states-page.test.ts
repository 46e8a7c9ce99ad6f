import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MONEY_EVENTS } from '../money/ended-money.ts';
import { EVENTS, isEnd, STATES, TRANSITIONS } from './states.ts';

const page = readFileSync(new URL('../../../../../docs/states.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, cells trimmed. */
function rowsUnder(heading: string): string[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
      .join(' | '),
  );
}

describe('docs/states.md', () => {
  test('shows every move of the table', () => {
    const transitions = STATES.flatMap((from) =>
      isEnd(from) ? [] : Object.entries(TRANSITIONS[from]).map(([event, to]) => `${from} | ${event} | ${to}`),
    );
    expect(rowsUnder('Moves')).toEqual(transitions);
  });

  test('explains every event in its own words', () => {
    expect(rowsUnder('Events')).toEqual(
      Object.entries(EVENTS).map(([event, meaning]) => `${event} | ${meaning}`),
    );
  });

  test('explains every event after the end in its own words', () => {
    expect(rowsUnder('Money after the end')).toEqual(
      Object.entries(MONEY_EVENTS).map(([event, meaning]) => `${event} | ${meaning}`),
    );
  });
});
