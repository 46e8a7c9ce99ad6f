import {
  hiringIdSchema,
  versionOf,
  type CheckedResult,
  type Store,
  commandHiring,
} from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { PaidAsReviewed } from '../checks/paid-as-reviewed.ts';
import type { Prng } from '../prng.ts';
import type { Disk } from '../disk.ts';
import { digestOf, type FakeTaskFolders } from './task-folders.ts';

const SECOND = 1000;

/** Looks now and then at the results that wait for a yes, and says it to what is shown, unless that is a placeholder. */
export class Operator {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #disk: Disk;
  readonly #folders: FakeTaskFolders;
  readonly #judged: PaidAsReviewed;

  constructor(stage: Stage, prng: Prng, disk: Disk, folders: FakeTaskFolders, judged: PaidAsReviewed) {
    this.#stage = stage;
    this.#prng = prng;
    this.#disk = disk;
    this.#folders = folders;
    this.#judged = judged;
  }

  begin(store: Store): void {
    if (!this.#stage.scenario.asksForYes) return;
    this.#stage.timeline.after(this.#prng.between(20, 300) * SECOND, () => {
      void this.#look(store);
      this.begin(store);
    });
  }

  /** It sees what nobody was hired for. */
  #isOfAnother({ text, files }: CheckedResult): boolean {
    const digests = new Set(files.map(({ sha256 }) => sha256));
    return [...this.#folders.foreign].some((one) => one === text || digests.has(digestOf(one)));
  }

  async #look(store: Store): Promise<void> {
    const { quiet, trace } = this.#stage;
    for (const { id } of this.#disk.hirings().filter(({ state }) => state === 'attention')) {
      quiet.wrote();
      const hiringId = hiringIdSchema.parse(id);
      const record = await store.hirings.find(hiringId);
      const attempt = record?.attempt;
      const attention = attempt?.progress.attention;
      if (
        record === undefined ||
        attempt === undefined ||
        attention?.approves !== 'result' ||
        attention.held === undefined
      )
        continue;
      if (attention.held.text === 'Done.' || this.#isOfAnother(attention.held)) continue;
      quiet.wrote();
      const { kind } = await commandHiring(store, hiringId, { kind: 'approve', version: versionOf(record) });
      if (kind === 'done') this.#judged.approved(id, attempt.number, attention.held);
      trace.note(`the operator says yes to ${id.slice(-4)}: ${kind}`);
    }
  }
}
