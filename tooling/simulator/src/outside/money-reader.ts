import {
  endedReadingOf,
  isEnd,
  LONGEST_ENDED_REREAD_WAIT_MS,
  nextEndedRereadAtMs,
  type EndedReread,
  type Store,
} from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import type { FakeMarketplace } from './marketplace.ts';

const SECOND = 1000;
/**
 * No later than the turn of any hiring: it is read more often than in reality, because a run lasts no days. A turn that a clock
 * noted that was ahead is none that would come.
 */
const AHEAD_MS = LONGEST_ENDED_REREAD_WAIT_MS;
const PER_SWEEP = 20;

/** Reads what has ended, as a sweep of the adapter does: nobody tells what becomes of its money. */
export class MoneyReader {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #marketplace: FakeMarketplace;
  readonly #readAtMs = new Map<string, number>();

  constructor(stage: Stage, prng: Prng, marketplace: FakeMarketplace) {
    this.#stage = stage;
    this.#prng = prng;
    this.#marketplace = marketplace;
  }

  begin(store: Store): void {
    if (!this.#stage.scenario.disputes) return;
    this.#stage.timeline.after(this.#prng.between(60, 300) * SECOND, () => {
      void this.#sweep(store);
      this.begin(store);
    });
  }

  /** Which of them is due first says nothing, since all are read too early: the one that waits for a read the longest begins. */
  #byTurns(ended: readonly EndedReread[]): readonly EndedReread[] {
    const lastMs = ({ hiringId }: EndedReread) => this.#readAtMs.get(hiringId) ?? 0;
    return ended.toSorted((a, b) => lastMs(a) - lastMs(b));
  }

  async #sweep(store: Store): Promise<void> {
    const { quiet, timeline, skewMs } = this.#stage;
    const nowMs = timeline.nowMs + skewMs;
    quiet.wrote();
    for (const ended of this.#byTurns(await store.endedRereads.due(nowMs + AHEAD_MS, PER_SWEEP))) {
      quiet.wrote();
      const record = await store.hirings.find(ended.hiringId);
      if (record === undefined || !isEnd(record.state)) continue;
      const { agentId, hiringId } = record;
      const read = await this.#marketplace.seenBy('the sweep').readHiring(agentId, hiringId, 'ended');
      if (read.kind !== 'unavailable') this.#readAtMs.set(hiringId, timeline.nowMs);
      const shown = read.kind === 'found' ? endedReadingOf(record, read.hiring) : {};
      const nextAtMs = nextEndedRereadAtMs(ended.endedAtMs, nowMs);
      quiet.wrote();
      await store.endedRereads.done(ended, record, { nextAtMs, ...shown }, nowMs);
    }
  }
}
