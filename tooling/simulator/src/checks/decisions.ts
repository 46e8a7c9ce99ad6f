import type {
  AttemptProgress,
  AttemptRecord,
  Claim,
  StepCommit,
  TaskId,
} from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../boundary.ts';
import type { FakeMarketplace } from '../outside/marketplace.ts';
import type { FakeWorkers, Meant } from '../outside/workers.ts';

/** So much of the marketplace's clock is not known to whoever reads whole seconds. */
const CLOCK_SLACK_MS = 5_000;

/**
 * Looks at what processes decide and remember, where the reason for it lies outside: nothing is failed for a deadline that
 * has not come by the marketplace's own clock, nor, where there is none, in less time than the owner allows; and nothing follows
 * from words of a worker that it did not mean.
 */
export class Decisions {
  readonly #stage: Stage;
  readonly #marketplace: FakeMarketplace;
  readonly #workers: Pick<FakeWorkers, 'meant'>;
  readonly #claimedAtMs = new Map<string, number>();
  /** When attempts were opened, by the true time; without those that were while a clock was set. */
  readonly #openedAtMs = new Map<string, number>();

  constructor(stage: Stage, marketplace: FakeMarketplace, workers: Pick<FakeWorkers, 'meant'>) {
    this.#stage = stage;
    this.#marketplace = marketplace;
    this.#workers = workers;
  }

  /** A process begins a step. */
  claimed(process: string, { record }: Claim): void {
    this.#claimedAtMs.set(`${process} ${record.hiringId}`, this.#stage.timeline.nowMs);
  }

  /** A process stores what a step came to. */
  committed(process: string, { record }: Claim, { event, progress, open }: StepCommit): void {
    const { hiringId, attempt } = record;
    const { clockSetAtMs, timeline } = this.#stage;
    // Between what it read and what it decides, a clock may be set.
    const isSet = clockSetAtMs >= (this.#claimedAtMs.get(`${process} ${hiringId}`) ?? 0);
    if (open !== undefined && !isSet) this.#openedAtMs.set(`${hiringId} a${open.number}`, timeline.nowMs);
    if (attempt === undefined || progress === undefined) return;
    this.#checkWords(attempt.taskId, progress);
    if (event !== 'failure_decided' || isSet) return;
    const reason = progress.verdict?.kind === 'failure' ? progress.verdict.failure.reason : undefined;
    const { unacknowledgedMarginMs } = this.#stage.scenario.settings.deadline;
    const earlyMs =
      reason === 'timeout' ? 0 : reason === 'agent_unresponsive' ? unacknowledgedMarginMs : undefined;
    if (earlyMs === undefined) return;
    const leftMs = this.#timeLeftMs(attempt) - earlyMs;
    if (leftMs > CLOCK_SLACK_MS) {
      const rule = 'nothing is failed for a deadline that has not come';
      const detail = `${hiringId} a${attempt.number}: ${Math.round(leftMs / 1000)} s are left`;
      this.#stage.violations.add('broken', rule, detail);
    }
  }

  /** How long an attempt has until its deadline, or until what stands in for one. */
  #timeLeftMs({ hiring, number }: AttemptRecord): number {
    const { clock } = this.#marketplace;
    if (hiring.deadlineAtMs !== undefined) return hiring.deadlineAtMs - clock.nowMs;
    const openedAtMs = this.#openedAtMs.get(`${hiring.hiringId} a${number}`) ?? -Infinity;
    // It counts by that clock, because ours is set more often.
    if (clock.setAtMs >= openedAtMs) return -Infinity;
    return openedAtMs + this.#stage.scenario.settings.deadline.maxDurationMs - this.#stage.timeline.nowMs;
  }

  #checkWords(taskId: TaskId, { blocked, conversation }: AttemptProgress): void {
    const meant = this.#workers.meant.get(taskId);
    const taken: Meant[] = [];
    if (blocked !== undefined) taken.push('blocked');
    for (const { kind } of conversation?.outgoing ?? []) if (kind !== 'owner') taken.push(kind);
    for (const what of taken) {
      if (meant?.has(what) === true) continue;
      this.#stage.violations.add(
        'broken',
        'nothing follows from what a worker did not mean',
        `${taskId} ${what}`,
      );
    }
  }
}
