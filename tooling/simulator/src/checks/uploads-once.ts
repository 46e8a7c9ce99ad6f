import type { Artifact, HiringId } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { Upload } from '../outside/marketplace.ts';

/** The rule: a file is uploaded again only by a process that cannot know that it is there. */
export const ONE_UPLOAD = 'one upload of a file per attempt';

interface Stored {
  readonly listedAtMs: number;
  /** From when on the adapter knows: it had the answer, and noted what it says. */
  notedAtMs: number;
}

/**
 * Knows which files were uploaded twice in one attempt, and whether the second time was a fault: it was unless each time
 * before, as the second one was sent, no process had noted an answer and no list showed the file.
 */
export class UploadsOnce {
  readonly #stage: Pick<Stage, 'timeline' | 'violations'>;
  readonly #sentAtMs = new WeakMap<readonly Artifact[], number>();
  readonly #stored = new Map<string, Stored[]>();
  /** What was answered, until it is noted. */
  readonly #answered = new Map<string, Stored[]>();

  constructor(stage: Pick<Stage, 'timeline' | 'violations'>) {
    this.#stage = stage;
  }

  /** A process sends files: from then on nobody can hold them back. Gives them as this one sending. */
  sends(artifacts: readonly Artifact[]): readonly Artifact[] {
    const sending = [...artifacts];
    this.#sentAtMs.set(sending, this.#stage.timeline.nowMs);
    return sending;
  }

  /** A file of a batch that was sent is stored. */
  stored({ hiringId, traceAttempt, name, sha256, listedAtMs }: Upload, batch: readonly Artifact[]): void {
    const once = `${hiringId} ${traceAttempt} ${name} ${sha256}`;
    const sentAtMs = this.#sentAtMs.get(batch) ?? this.#stage.timeline.nowMs;
    const before = this.#stored.get(once) ?? [];
    if (before.some((one) => one.notedAtMs <= sentAtMs || one.listedAtMs <= sentAtMs)) {
      this.#stage.violations.add('doubled', ONE_UPLOAD, once);
    }
    this.#stored.set(once, [...before, { listedAtMs, notedAtMs: Infinity }]);
  }

  /** A process has the answer that the marketplace has these files. */
  answered(process: string, hiringId: HiringId, artifacts: readonly Artifact[]): void {
    const stored = artifacts.flatMap(({ name, sha256 }) =>
      [...this.#stored].flatMap(([once, copies]) =>
        once.startsWith(`${hiringId} `) && once.endsWith(` ${name} ${sha256}`) ? copies : [],
      ),
    );
    this.#answered.set(`${process} ${hiringId}`, stored);
  }

  /** A process begins a step: what it did not note of the last one is lost. */
  claimed(process: string, hiringId: HiringId): void {
    this.#answered.delete(`${process} ${hiringId}`);
  }

  /** What a process learned in a step is in the store. */
  committed(process: string, hiringId: HiringId): void {
    const { nowMs } = this.#stage.timeline;
    for (const one of this.#answered.get(`${process} ${hiringId}`) ?? []) {
      one.notedAtMs = Math.min(one.notedAtMs, nowMs);
    }
    this.claimed(process, hiringId);
  }
}
