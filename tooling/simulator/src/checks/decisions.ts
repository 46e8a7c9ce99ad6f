import type {
  AttemptProgress,
  AttemptRecord,
  HiringId,
  HiringRecord,
  StepCommit,
  TaskId,
} from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { FakeMarketplace } from '../outside/marketplace.ts';
import type { FakeWorkers, Meant } from '../outside/workers.ts';

/** So much of the marketplace's clock is unknown to a reader of whole seconds. */
const CLOCK_SLACK_MS = 5_000;

/** An attempt whose time counts. */
export type Attempt = Pick<AttemptRecord, 'number' | 'hiring'>;

/** What is looked at of a step. */
interface Begun {
  readonly record: Pick<HiringRecord, 'hiringId'> & {
    readonly attempt?: (Attempt & Pick<AttemptRecord, 'taskId'>) | undefined;
  };
}

/**
 * Looks at what processes decide and remember, where the reason for it lies outside: nothing is failed for a deadline that
 * has not come by the marketplace's own clock, nor, where there is none, in less time than the owner allows, counted from when
 * the attempt was opened; and nothing follows from words of a worker that it did not mean.
 */
export class Decisions {
  readonly #stage: Stage;
  readonly #marketplace: FakeMarketplace;
  readonly #workers: Pick<FakeWorkers, 'meant'>;
  readonly #claimedAtMs = new Map<string, number>();
  /** When the marketplace last showed a hiring to a process, by the true time. */
  readonly #shownAtMs = new Map<string, number>();
  /** When attempts were opened, by the true time; without those that were while a clock was set. */
  readonly #openedAtMs = new Map<string, number>();

  constructor(stage: Stage, marketplace: FakeMarketplace, workers: Pick<FakeWorkers, 'meant'>) {
    this.#stage = stage;
    this.#marketplace = marketplace;
    this.#workers = workers;
  }

  /** A process begins a step. */
  claimed(process: string, { record }: Begun): void {
    this.#claimedAtMs.set(`${process} ${record.hiringId}`, this.#stage.timeline.nowMs);
  }

  /** The marketplace shows a hiring to a process. */
  shown(process: string, hiringId: HiringId): void {
    this.#shownAtMs.set(`${process} ${hiringId}`, this.#stage.timeline.nowMs);
  }

  /** A process stores what a step came to. */
  committed(
    process: string,
    { record }: Begun,
    { event, progress, open }: Pick<StepCommit, 'event' | 'progress' | 'open'>,
  ): void {
    const { hiringId, attempt } = record;
    const step = `${process} ${hiringId}`;
    // Between what it read and what it decides, a clock may be set.
    const isSet = this.#stage.clockSetAtMs >= (this.#claimedAtMs.get(step) ?? 0);
    if (open !== undefined && !isSet) {
      this.#openedAtMs.set(`${hiringId} a${open.number}`, this.#openingMs(step, progress?.openedTheirMs));
    }
    if (attempt === undefined || progress === undefined) return;
    this.#checkWords(attempt.taskId, progress);
    if (event !== 'failure_decided' || isSet) return;
    const reason = progress.verdict?.kind === 'failure' ? progress.verdict.failure.reason : undefined;
    if (reason !== 'timeout' && reason !== 'agent_unresponsive') return;
    const leftMs = this.#timeLeftMs(attempt, reason === 'agent_unresponsive');
    if (leftMs > CLOCK_SLACK_MS) {
      const rule = 'nothing is failed for a deadline that has not come';
      const detail = `${hiringId} a${attempt.number}: ${Math.round(leftMs / 1000)} s are left`;
      this.#stage.violations.add('broken', rule, detail);
    }
  }

  /**
   * When an attempt is opened, by the true time: as its process noted it, behind the read that shows it and before that is
   * stored. A process may stand still between the two, for as long as it likes, and the hirer waits meanwhile.
   */
  #openingMs(step: string, openedTheirMs: number | undefined): number {
    const { nowMs } = this.#stage.timeline;
    const shownAtMs = this.#shownAtMs.get(step);
    if (openedTheirMs === undefined || shownAtMs === undefined) return nowMs;
    return Math.min(nowMs, Math.max(shownAtMs, this.#trueMs(openedTheirMs)));
  }

  /** A moment of the marketplace's clock as that goes now, by the true time. */
  #trueMs(theirMs: number): number {
    return theirMs - this.#marketplace.clock.nowMs + this.#stage.timeline.nowMs;
  }

  /** When an attempt was opened, by the true time; undefined where a clock was set since. */
  #knownOpeningMs({ hiring, number }: Attempt): number | undefined {
    const openedAtMs = this.#openedAtMs.get(`${hiring.hiringId} a${number}`);
    // It counts by that clock, because ours is set more often.
    return openedAtMs === undefined || this.#marketplace.clock.setAtMs >= openedAtMs ? undefined : openedAtMs;
  }

  /** When an attempt has to be done, by the true time, or what replaces that; undefined where a clock was set since. */
  deadlineMs(attempt: Attempt): number | undefined {
    const { hiring, number } = attempt;
    const openedAtMs = this.#knownOpeningMs(attempt);
    const statedMs = hiring.deadlineAtMs === undefined ? undefined : this.#trueMs(hiring.deadlineAtMs);
    // A hirer's retry may bear the deadline of the first attempt.
    const isFormer =
      number > 1 &&
      statedMs !== undefined &&
      openedAtMs !== undefined &&
      statedMs < openedAtMs - CLOCK_SLACK_MS;
    if (statedMs !== undefined && !isFormer) return statedMs;
    if (openedAtMs === undefined) return undefined;
    return openedAtMs + this.#stage.scenario.settings.deadline.maxDurationMs;
  }

  /** How long an attempt has until its deadline; where no worker took it, until so long before that as it is given up. */
  #timeLeftMs(attempt: Attempt, isUntaken: boolean): number {
    const deadlineMs = this.deadlineMs(attempt);
    if (deadlineMs === undefined) return -Infinity;
    const { nowMs } = this.#stage.timeline;
    if (!isUntaken) return deadlineMs - nowMs;
    const openedAtMs = this.#knownOpeningMs(attempt);
    // One that has less time than that has half of it.
    const halfMs = openedAtMs === undefined ? Infinity : Math.max(0, (deadlineMs - openedAtMs) / 2);
    const { unacknowledgedMarginMs } = this.#stage.scenario.settings.deadline;
    return deadlineMs - Math.min(unacknowledgedMarginMs, halfMs) - nowMs;
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
