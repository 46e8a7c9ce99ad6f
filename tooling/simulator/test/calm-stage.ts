import type { Stage } from '../src/crash-points.ts';
import { EventLoopIdle } from '../src/event-loop-idle.ts';
import { drawScenario, NO_FAULTS, type Scenario } from '../src/scenario.ts';
import { Timeline } from '../src/timeline.ts';
import { Trace } from '../src/trace.ts';
import { Violations } from '../src/violations.ts';

/** A stage on which nothing goes wrong on its own: faults are off, there are no outages, and every clock is right. */
export function calmStage(
  changes: Partial<Scenario> = {},
  startMs = 0,
  print?: (line: string) => void,
): Stage {
  const timeline = new Timeline(startMs);
  return {
    scenario: {
      ...drawScenario(1),
      rates: NO_FAULTS,
      outages: 0,
      longOutage: undefined,
      startsAheadMs: 0,
      sendRate: undefined,
      ...changes,
    },
    timeline,
    quiet: new EventLoopIdle(),
    trace: new Trace(() => timeline.nowMs, print),
    violations: new Violations(() => undefined),
    faulty: false,
    skewMs: 0,
    clockSetAtMs: -Infinity,
    calls: 0,
    killAt: undefined,
  };
}
