import { instantOf, passedMs, type Clock, type Leases, type Instant } from '@agrenting-hiclaw/core/domain';

export interface LeaderOptions {
  /** What only one process may do, such as `mcp-session:<agent id>`. */
  readonly name: string;
  readonly holder: string;
  readonly leases: Leases;
  readonly clock: Clock;
  /** A process that dies is followed by another after this long. */
  readonly leaseMs: number;
  /** Runs while the lease is held; ends when the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  onError(problem: string, cause: unknown): void;
}

/** A part that runs in one process at a time. */
export interface Leader {
  /** True while this process has the lease. */
  readonly held: boolean;
  close(): Promise<void>;
}

/**
 * Runs a part under a lease: waits for the lease, renews it while the part runs, ends the part when the
 * lease is lost, and tries again after the part failed.
 */
export function startLeader(options: LeaderOptions): Leader {
  const { name, holder, leases, clock, leaseMs } = options;
  const closing = new AbortController();
  let held = false;

  /** `unknown`: the store did not say. */
  const take = async (): Promise<'taken' | 'elsewhere' | 'unknown'> => {
    try {
      return (await leases.take(name, holder, clock.nowMs(), leaseMs)) ? 'taken' : 'elsewhere';
    } catch (error) {
      options.onError(`the lease ${name} could not be taken`, error);
      return 'unknown';
    }
  };

  /**
   * Renews the lease, and ends the part well before others may take it. The lease runs from when it was
   * asked for, not from when the store answered, which a slow one does much later.
   */
  const keep = async (lost: AbortController, asked: Instant): Promise<void> => {
    let from = asked;
    const leftMs = (): number => leaseMs * (2 / 3) - passedMs(clock, from);
    while (!lost.signal.aborted) {
      await clock.sleep(Math.min(leaseMs / 3, leftMs()), lost.signal);
      if (lost.signal.aborted) return;
      const renewing = instantOf(clock);
      const answered = new AbortController();
      const asking = take();
      const outcome = await Promise.race([
        asking,
        clock.sleep(leftMs(), answered.signal).then(() => 'late' as const),
      ]);
      answered.abort();
      if (outcome === 'taken') from = renewing;
      else if (outcome !== 'unknown' || leftMs() <= 0) lost.abort();
      // A take that comes through later must not undo the release that may follow.
      await asking;
    }
  };

  const runOnce = async (asked: Instant): Promise<void> => {
    const lost = new AbortController();
    const end = (): void => lost.abort();
    closing.signal.addEventListener('abort', end);
    const keeping = keep(lost, asked);
    held = true;
    try {
      await options.run(lost.signal);
    } catch (error) {
      options.onError(`${name} failed`, error);
    } finally {
      held = false;
      lost.abort();
      closing.signal.removeEventListener('abort', end);
      await keeping;
    }
  };

  const loop = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const asked = instantOf(clock);
      // What the store granted too late has nearly run out already.
      const taken = (await take()) === 'taken' && passedMs(clock, asked) < leaseMs / 3;
      if (taken && !closing.signal.aborted) await runOnce(asked);
      await clock.sleep(leaseMs / 3, closing.signal);
    }
    try {
      await leases.release(name, holder);
    } catch (error) {
      options.onError(`the lease ${name} could not be given back`, error);
    }
  };

  const looping = loop();
  return {
    get held() {
      return held;
    },
    async close() {
      closing.abort();
      await looping;
    },
  };
}
