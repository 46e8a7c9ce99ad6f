import { setTimeout as sleep } from 'node:timers/promises';
import type { Outside } from '../outside/outside.ts';
import { busiest, profiled } from '../profile.ts';
import { atMost, type Row } from '../rows.ts';
import { hiringIdOf } from '../seller.ts';
import { quantile } from '../statistics.ts';
import type { Report } from '../report.ts';
import { withBenchAdapter } from './adapter.ts';
import { arrivals } from './arrivals.ts';
import { withFolder } from './folder.ts';
import { receiveOne } from './receiving.ts';

const BATCH = 100;
const HIRINGS = 500;
const WARM_UP = 50;
/** Announced once more for the profile, which slows down what it looks at. */
const PROFILED = 100;
const AGENTS = 40;
/** Longer than a hiring takes, so that each finds the adapter idle. */
const BETWEEN_MS = 60;

/** From the moment a hire is announced to an idle adapter until the homeserver has the message to the worker. */
export async function idlePath(outside: Outside, report: Report): Promise<readonly Row[]> {
  const times = await withFolder(async (folder) => {
    const ids = Array.from({ length: WARM_UP + HIRINGS + PROFILED }, (_, number) =>
      hiringIdOf(BATCH, number),
    );
    await outside.sell(ids, AGENTS);
    const place = { outsideUrl: outside.url, ...folder, agents: AGENTS };
    return await withBenchAdapter(place, async (parts) => {
      const receivedNs = new Map<string, bigint>();
      const announce = async (some: readonly string[], from: number): Promise<void> => {
        for (const [index, id] of some.entries()) {
          receivedNs.set(id, process.hrtime.bigint());
          await receiveOne(parts, id, (from + index) % AGENTS);
          await sleep(BETWEEN_MS);
        }
      };
      await announce(ids.slice(0, WARM_UP), 0);
      await announce(ids.slice(WARM_UP, -PROFILED), WARM_UP);
      const shares = await profiled(async () => await announce(ids.slice(-PROFILED), WARM_UP + HIRINGS));
      report(`  where the time goes that is not idle: ${busiest(shares, 12)}`);
      await sleep(1000);
      return await arrivals(outside, ids.slice(WARM_UP, -PROFILED), receivedNs);
    });
  });
  return [
    atMost('idle, heard to Matrix PUT, p50', quantile(times, 0.5), 'ms', 15),
    atMost('idle, heard to Matrix PUT, p99', quantile(times, 0.99), 'ms', 50),
  ];
}
