import type { Clock, TaskId, EndedHiring, Remains, Store } from '@agrenting-hiclaw/core/domain';
import type { DeletedTask } from '@agrenting-hiclaw/hiclaw';
import type { Configuration } from '@agrenting-hiclaw/runtime';

export interface SweepOptions {
  readonly store: Pick<Store, 'retention'>;
  /** Deletes what lies in storage of one attempt. */
  readonly deleteTask: (taskId: TaskId) => Promise<DeletedTask>;
  readonly retention: Configuration['retention'];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Only says what it would do. */
  readonly dry?: boolean | undefined;
  /** Told of each part that is done, as it is done. */
  readonly report?: ((part: Partial<Swept>) => void) | undefined;
}

/** What a sweep deleted. */
export interface Swept {
  /** Hirings whose texts were emptied. */
  readonly emptied: readonly string[];
  /** Documents without a hiring that were emptied. */
  readonly documents: number;
  /** Hirings whose task folders were deleted. */
  readonly foldersDeleted: readonly string[];
  /** Objects that were deleted from storage. */
  readonly objects: number;
  /** Hirings of which nothing is left. */
  readonly forgotten: readonly string[];
  /** What could not be done, each with what to do; it is tried again at the next sweep. */
  readonly problems: readonly string[];
}

/** Hirings of one transaction: some milliseconds, in which nobody else can write. */
const PER_STEP = 20;
/** Between two transactions, so that what is at work goes before what is over. */
const PAUSE_MS = 50;
const DAY_MS = 86_400_000;

/**
 * Lets go of what ended longer ago than it is to stay: first task folders, then texts, then whole hirings. A folder is
 * deleted before the store says so, and every step names the end that it is about, so that it may be killed at any
 * moment, run twice at once, and be repeated. Rejects with `StoreError` only.
 */
export async function sweepRetention(options: SweepOptions): Promise<Swept> {
  const { retention } = options;
  const swept = new Tally(options.report);
  const { payloadDays, taskFolderDays, historyDays } = retention;
  const nowMs = options.clock.nowMs();
  if (taskFolderDays > 0) await sweepFolders(options, nowMs - taskFolderDays * DAY_MS, swept);
  if (payloadDays > 0) {
    const beforeMs = nowMs - payloadDays * DAY_MS;
    await sweepRows(options, 'texts', beforeMs, swept);
    const { retention: rows } = options.store;
    if (!options.signal.aborted) {
      swept.add({
        documents: await (options.dry === true ? rows.strays(beforeMs) : rows.emptyStrays(beforeMs)),
      });
    }
  }
  if (historyDays > 0) {
    // Whole days, so that the earnings of every day that is kept are whole.
    const beforeMs = Math.floor((nowMs - historyDays * DAY_MS) / DAY_MS) * DAY_MS;
    await sweepRows(options, 'history', beforeMs, swept);
  }
  return swept.total;
}

async function sweepRows(
  options: SweepOptions,
  remains: Exclude<Remains, 'folders'>,
  beforeMs: number,
  swept: Tally,
): Promise<void> {
  const { retention } = options.store;
  await eachPage(options, remains, beforeMs, async (page) => {
    const done =
      options.dry === true
        ? page.map(({ hiringId }) => hiringId)
        : await retention[remains === 'texts' ? 'empty' : 'forget'](page);
    swept.add(remains === 'texts' ? { emptied: done } : { forgotten: done });
    return 'on';
  });
}

async function sweepFolders(options: SweepOptions, beforeMs: number, swept: Tally): Promise<void> {
  await eachPage(options, 'folders', beforeMs, async (page) => {
    for (const hiring of page) {
      if (options.signal.aborted) return 'end';
      if (options.dry === true) {
        swept.add({ foldersDeleted: [hiring.hiringId] });
        continue;
      }
      const outcome = await deleteFolders(options, hiring, swept);
      // What holds for one folder holds for the next: it is said once, and the other parts go on.
      if (outcome === 'failed') return 'end';
    }
    return 'on';
  });
}

async function deleteFolders(
  { store, deleteTask }: SweepOptions,
  hiring: EndedHiring,
  swept: Tally,
): Promise<'deleted' | 'failed'> {
  for (const taskId of hiring.taskIds) {
    const outcome = await deleteTask(taskId);
    if (outcome.kind === 'refused' || outcome.kind === 'unavailable') {
      swept.add({ problems: [`task folders stay for now: ${outcome.problem}`] });
      return 'failed';
    }
    swept.add({ objects: outcome.objects });
    // The rest of it goes at the next sweep.
    if (outcome.kind === 'more') return 'deleted';
  }
  if (await store.retention.foldersDeleted(hiring)) swept.add({ foldersDeleted: [hiring.hiringId] });
  return 'deleted';
}

/** Goes through what is over, page by page, with a pause after each. */
async function eachPage(
  { store, clock, signal }: SweepOptions,
  remains: Remains,
  beforeMs: number,
  step: (page: readonly EndedHiring[]) => Promise<'on' | 'end'>,
): Promise<void> {
  for (let after: EndedHiring | undefined; !signal.aborted;) {
    const page = await store.retention.ended({ remains, beforeMs, after, limit: PER_STEP });
    if (page.length === 0 || (await step(page)) === 'end' || page.length < PER_STEP) return;
    after = page.at(-1);
    await clock.sleep(PAUSE_MS, signal);
  }
}

/** What was deleted so far. */
class Tally {
  total: Swept = {
    emptied: [],
    documents: 0,
    foldersDeleted: [],
    objects: 0,
    forgotten: [],
    problems: [],
  };
  readonly #report: SweepOptions['report'];

  constructor(report: SweepOptions['report']) {
    this.#report = report;
  }

  add(part: Partial<Swept>): void {
    const { emptied = [], documents = 0, foldersDeleted = [], objects = 0, forgotten = [] } = part;
    const { problems = [] } = part;
    const lists = [emptied, foldersDeleted, forgotten, problems];
    if (lists.every((list) => list.length === 0) && documents === 0 && objects === 0) return;
    this.total = {
      emptied: [...this.total.emptied, ...emptied],
      documents: this.total.documents + documents,
      foldersDeleted: [...this.total.foldersDeleted, ...foldersDeleted],
      objects: this.total.objects + objects,
      forgotten: [...this.total.forgotten, ...forgotten],
      problems: [...this.total.problems, ...problems],
    };
    this.#report?.(part);
  }
}
