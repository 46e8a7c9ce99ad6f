import { simulate } from './simulate.ts';
import { StorePool } from './store-pool.ts';
import { add, NOTHING, tallyOf, type Tally } from './tally.ts';

/** Runs seeds one after another; `onPart` gets what came of them in parts. */
export async function runSeeds(
  seeds: Iterable<number>,
  onPart: (part: Tally) => void,
  print?: (line: string) => void,
): Promise<void> {
  const pool = new StorePool();
  let part = NOTHING;
  let reportedAtMs = performance.now();
  try {
    for (const seed of seeds) {
      part = add(part, tallyOf(await simulate(seed, { pool, print })));
      if (performance.now() - reportedAtMs < 500) continue;
      onPart(part);
      part = NOTHING;
      reportedAtMs = performance.now();
    }
    onPart(part);
  } finally {
    await pool.close();
  }
}

/** Every `step`th seed of a range, so that several processes share it evenly. */
export function* every(step: number, from: number, count: number, offset: number): Iterable<number> {
  for (let index = offset; index < count; index += step) yield from + index;
}
