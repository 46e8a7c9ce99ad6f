import { CrashWorld } from './crash-world.ts';

/** What came of failing the k-th outside call, for every k that there is. */
export interface FailingCalls {
  /** Calls that were made to fail, one in each run. */
  readonly calls: number;
  /** The names of those calls. */
  readonly reached: readonly string[];
  readonly lost: number;
  readonly doubled: number;
  readonly details: readonly string[];
}

export interface FailingCallsOptions {
  /** `before`: nothing reaches the server. `after`: it took effect, and the answer is lost. */
  readonly moment: 'before' | 'after';
  /** Only every so manieth call. */
  readonly every?: number;
  /** No more runs than this, for a short form. */
  readonly most?: number;
}

/** Runs in which the hiring was over before there was a k-th call. */
const ENDING_RUNS = 5;

/**
 * Hires again and again, and makes the k-th outside call after the hire fail, for k = 1, 2, ... until a
 * hiring is over before there was a k-th. Marketplace, homeserver and storage all count, no matter who calls.
 */
export async function failEveryCall({
  moment,
  every = 1,
  most = Number.POSITIVE_INFINITY,
}: FailingCallsOptions): Promise<FailingCalls> {
  const world = await CrashWorld.open();
  try {
    const { process, arm, reached } = await world.start('mcp-client');
    await process.printed('MCP session subscribed');
    let calls = 0;
    // How many calls a hiring makes varies with what happens beside it, so one run without a k-th proves nothing.
    let withoutOne = 0;
    for (let k = 1; calls < most && withoutOne < ENDING_RUNS; k += every) {
      const before = reached.length;
      const name = '^(marketplace|matrix|storage) ';
      arm({ events: [{ name, moment, occurrence: k }], act: 'fail' });
      const id = world.hire();
      await world.env.ended(id).catch(() => undefined);
      if (world.env.marketplace.hirings.get(id)?.status !== 'completed') {
        const details = [
          `call ${k}, ${reached.at(-1)}: hiring ${id} did not get on`,
          process.output.slice(-3000),
        ];
        return { calls, reached, ...world.violations(), details };
      }
      if (reached.length === before) withoutOne += 1;
      else calls += 1;
    }
    return { calls, reached, ...world.violations() };
  } finally {
    await world.close();
  }
}
