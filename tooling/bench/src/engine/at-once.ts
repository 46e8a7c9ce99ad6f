import { setTimeout as sleep } from 'node:timers/promises';
import type { Outside } from '../outside/outside.ts';
import { atMost, figure, type Row } from '../rows.ts';
import { hiringIdOf } from '../seller.ts';
import { quantile } from '../statistics.ts';
import type { Report } from '../report.ts';
import { withBenchAdapter } from './adapter.ts';
import { arrivals } from './arrivals.ts';
import { withFolder } from './folder.ts';
import { receiveOne } from './receiving.ts';

const FIRST_BATCH = 120;
const ROUNDS = 3;
const HIRINGS = 50;
/** A marketplace, storage and homeserver on another continent. */
const FAR_MS = 50;

/**
 * Fifty hires for fifty workers, heard in the same moment by an adapter as it is shipped: from then until the
 * homeserver has the message to each worker. The homeserver sets no limit.
 */
export async function manyAtOnce(outside: Outside, report: Report): Promise<readonly Row[]> {
  const near = await rounds(outside, FIRST_BATCH, report);
  await outside.moveAway(FAR_MS);
  const far = await rounds(outside, FIRST_BATCH + ROUNDS, report);
  await outside.moveAway(0);
  return [
    figure('fifty at once, heard to Matrix PUT, p50', quantile(near, 0.5), 'ms'),
    figure('  the same, p95', quantile(near, 0.95), 'ms'),
    atMost('  the last', quantile(near, 1), 'ms', 3_000),
    figure(`  with ${FAR_MS} ms to each answer, p50`, quantile(far, 0.5), 'ms'),
    figure('  the same, p95', quantile(far, 0.95), 'ms'),
    atMost('  the last', quantile(far, 1), 'ms', 3_000),
  ];
}

async function rounds(outside: Outside, firstBatch: number, report: Report): Promise<readonly number[]> {
  const all: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const times = await oneRound(outside, firstBatch + round);
    report(`  round ${round + 1}: the last after ${quantile(times, 1).toFixed(0)} ms`);
    all.push(...times);
  }
  return all;
}

async function oneRound(outside: Outside, batch: number): Promise<readonly number[]> {
  const ids = Array.from({ length: HIRINGS }, (_, number) => hiringIdOf(batch, number));
  await outside.sell(ids, HIRINGS);
  return await withFolder(async (folder) => {
    const place = { outsideUrl: outside.url, ...folder, agents: HIRINGS, asShipped: true };
    return await withBenchAdapter(place, async (parts) => {
      const receivedNs = new Map(ids.map((id) => [id, process.hrtime.bigint()]));
      await Promise.all(ids.map(async (id, agent) => await receiveOne(parts, id, agent)));
      await allAssigned(outside, ids);
      return await arrivals(outside, ids, receivedNs);
    });
  });
}

async function allAssigned(outside: Outside, ids: readonly string[]): Promise<void> {
  for (;;) {
    const { messages } = await outside.seen();
    if (ids.every((id) => messages.some(({ transactionId }) => transactionId.includes(id)))) return;
    await sleep(50);
  }
}
