import type { TaskId } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import type { FakeTaskFolders } from './task-folders.ts';

const SECOND = 1000;
/** How often it takes an interest in a folder, and after each thing that it did in there. */
const COMES = 0.6;
const COMES_AGAIN = 0.6;
const OVERWRITES = 0.2;

/**
 * Another worker of the same HiClaw, whose storage key writes to every task folder. It lists the folders, so it knows of
 * each as soon as it is staged, and does something in there before its worker was told, before it came, and after.
 */
export class OtherWorker {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #folders: FakeTaskFolders;
  #works = 0;

  constructor(stage: Stage, prng: Prng, folders: FakeTaskFolders) {
    this.#stage = stage;
    this.#prng = prng;
    this.#folders = folders;
  }

  /** It sees a folder that was not there before. */
  finds(taskId: TaskId): void {
    if (!this.#stage.scenario.otherWorker || !this.#prng.chance(COMES)) return;
    // Most of it happens between the hand-over and the first activity of the rightful worker.
    this.#later(this.#prng.pick(5, 60, 200), taskId);
  }

  /** A result was delivered: a worker that wants to be paid in its place has the seconds until it is judged. */
  seesResult(taskId: TaskId): void {
    if (!this.#stage.scenario.otherWorker || !this.#stage.faulty || !this.#prng.chance(OVERWRITES)) return;
    this.#stage.timeline.after(this.#prng.between(100, 8 * SECOND), () =>
      this.#folders.mutation(taskId, 'result.md', this.#work()),
    );
  }

  #later(mostSeconds: number, taskId: TaskId): void {
    this.#stage.timeline.after(this.#prng.between(0, mostSeconds * SECOND), () => {
      if (!this.#stage.faulty) return;
      this.#act(taskId);
      if (this.#prng.chance(COMES_AGAIN)) this.#later(200, taskId);
    });
  }

  #act(taskId: TaskId): void {
    const folders = this.#folders;
    switch (this.#prng.pick('result', 'result', 'file', 'named', 'marker', 'alter', 'twin', 'join', 'back')) {
      case 'result':
        return folders.mutation(taskId, 'result.md', this.#work());
      case 'file':
        return folders.mutation(taskId, this.#prng.pick('part-1.txt', 'extra.txt'), this.#work());
      case 'named':
        folders.mutation(taskId, 'answer.md', this.#work());
        folders.nameResult(taskId, 'answer.md');
        return;
      case 'marker':
        return folders.submitResult(taskId, this.#work());
      case 'alter':
        return folders.alter(taskId, this.#prng.pick('spec.md', 'meta.json'), 'seen');
      case 'twin':
        return folders.alter(taskId, 'spec.md', 'twin');
      case 'join':
        return folders.alter(taskId, 'context.md', 'seen');
      case 'back':
        return folders.putBack(taskId);
    }
  }

  /** What it would like to be paid for. */
  #work(): string {
    this.#works += 1;
    return `Work number ${this.#works} of somebody who was hired for something else`;
  }
}
