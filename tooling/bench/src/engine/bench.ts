import { startOutside } from '../outside/outside.ts';
import type { Row } from '../rows.ts';
import type { Tell } from '../tell.ts';
import { manyAtOnce } from './at-once.ts';
import { claiming } from './claim.ts';
import { endToEnd } from './end-to-end.ts';
import { idlePath } from './idle.ts';
import { restart } from './restart.ts';

/** How fast a hiring gets from heard to its worker, with much and with little to do, and after a crash. */
export async function benchEngine(tell: Tell): Promise<readonly Row[]> {
  const outside = await startOutside();
  try {
    tell('end to end, beside the same outside calls without an engine');
    const through = await endToEnd(outside, tell);
    tell('one hiring at a time');
    const idle = await idlePath(outside, tell);
    tell('fifty at once');
    const together = await manyAtOnce(outside, tell);
    tell('killed at work and started again');
    const restarted = await restart(outside, tell);
    tell('claims among many');
    const claims = await claiming(tell);
    return [...through, ...idle, ...together, ...restarted, ...claims];
  } finally {
    await outside.close();
  }
}
