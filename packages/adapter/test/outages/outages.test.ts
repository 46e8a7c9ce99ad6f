import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyCell, nameOf, type Cell } from './cells.ts';
import { Outside } from './outside.ts';
import { walk } from './walk.ts';

/** One of so many cells is walked, unless all are; those that are together go through every answer, state and dependency. */
const ONE_OF = 61;
const { TEST_OUTAGES } = process.env;
const cells = TEST_OUTAGES === undefined ? everyCell().filter((_, index) => index % ONE_OF === 0) : chosen();

/** `all`, or the cells whose names hold the text. */
function chosen(): readonly Cell[] {
  const text = TEST_OUTAGES ?? '';
  return everyCell().filter((cell) => text === 'all' || nameOf(cell).includes(text));
}

describe('a hiring through an outage', () => {
  let outside: Outside;
  beforeAll(async () => {
    outside = await Outside.start();
  });
  afterAll(async () => {
    await outside.close();
  });

  it.each(cells.map((cell) => ({ cell, name: nameOf(cell) })))(
    'ends by itself, once: $name',
    async ({ cell }) => {
      const walked = await walk(outside, cell);
      expect(walked).toMatchObject({
        state: 'completed',
        status: 'completed',
        settled: 1,
        pushed: cell.dependency === 'git' ? 1 : 0,
        errors: [],
      });
      expect(new Set(walked.told).size).toBe(walked.told.length);
    },
  );
});
