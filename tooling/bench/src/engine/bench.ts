import { startOutside } from '../outside/outside.ts';
import type { Row } from '../rows.ts';
import type { Report } from '../report.ts';
import { manyAtOnce } from './at-once.ts';
import { claiming } from './claim.ts';
import { endToEnd } from './end-to-end.ts';
import { idlePath } from './idle.ts';
import { restart } from './restart.ts';

/** How fast a hiring gets from heard to its worker, with much and with little to do, and after a crash. */
export async function benchEngine(report: Report): Promise<readonly Row[]> {
  const outside = await startOutside();
  try {
    report('end to end, beside the same outside calls without an engine');
    const through = await endToEnd(outside, report);
    report('one hiring at a time');
    const idle = await idlePath(outside, report);
    report('fifty at once');
    const together = await manyAtOnce(outside, report);
    report('killed at work and started again');
    const restarted = await restart(outside, report);
    report('claims among many');
    const claims = await claiming(report);
    return [...through, ...idle, ...together, ...restarted, ...claims];
  } finally {
    await outside.close();
  }
}
