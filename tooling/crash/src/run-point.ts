import { CrashWorld } from './crash-world.ts';
import type { Point } from './points.ts';

/** What came of a kill at one point. */
export interface PointOutcome {
  readonly name: string;
  readonly lost: number;
  readonly doubled: number;
  /** Empty when all is as it should be. */
  readonly details: readonly string[];
}

const PATIENCE_MS = 30_000;

/** Hires, kills the app at the point, starts it again, and looks whether the hiring was finished once. */
export async function runPoint({
  name,
  app,
  trigger,
  checkpointsAlways = false,
}: Point): Promise<PointOutcome> {
  const world = await CrashWorld.open();
  try {
    const environment = checkpointsAlways ? { CRASH_CHECKPOINT_ALWAYS: '1' } : {};
    // A poller finds it in its first read, at which it may be killed before it says that it is up.
    if (app === 'poller') world.hire();
    const { process } = await world.start(app, { trigger, environment });
    if (app === 'mcp-client') {
      // Heard by the push or the second read, not by the read at the beginning.
      await process.printed('MCP session subscribed');
      world.hire();
    }
    const untilMs = Date.now() + PATIENCE_MS;
    while (process.running && Date.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 10));
    if (process.endedBy !== 'SIGKILL') {
      const details = [`it was never there:\n${process.output}`];
      return { name, lost: 0, doubled: 0, details };
    }
    await world.start(app);
    await world.allEnded().catch(() => undefined);
    return { name, ...world.violations() };
  } finally {
    await world.close();
  }
}
