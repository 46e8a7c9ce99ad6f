import type { TaskId } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import type { FakeTaskFolders } from './task-folders.ts';

/** How often the intruder is there when somebody looks into a folder. */
const STRIKES = 0.15;
/** What a marker may name as the result that is none of the worker's. */
const ODD_PATHS = [
  'messages/0001.md',
  './messages/0001.md',
  'SPEC.MD',
  '%73pec.md',
  'spec.md ',
  '../x/result.md',
];

/**
 * Somebody else who may write into the task folders, and who finds twins: other bytes that the storage lists under the
 * same size and ETag. It comes between any two looks of the adapter into a folder, puts them there and takes them away
 * again, and has the marker name what no worker made.
 */
export class Intruder {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #folders: FakeTaskFolders;
  readonly #honest = new Map<string, string>();
  #twins = 0;

  constructor(stage: Stage, prng: Prng, folders: FakeTaskFolders) {
    this.#stage = stage;
    this.#prng = prng;
    this.#folders = folders;
  }

  /** Comes before a look into a folder, or does not. */
  strike(taskId: TaskId): void {
    const { faulty, scenario } = this.#stage;
    if (!faulty || !scenario.intruder || !this.#prng.chance(STRIKES)) return;
    const objects = this.#folders.objectsOf(taskId);
    if (objects.length === 0) return;
    const [name, text] = objects[this.#prng.between(0, objects.length - 1)] ?? ['', ''];
    const key = `${taskId}/${name}`;
    switch (this.#prng.pick('twin', 'twin', 'back', 'placeholder', 'odd path')) {
      case 'twin':
        this.#twins += 1;
        this.#honest.set(key, this.#honest.get(key) ?? text);
        return this.#folders.swapTwin(taskId, name, `${text.slice(0, 200)}, twin ${this.#twins}`);
      case 'back':
        return this.#folders.swap(taskId, name, this.#honest.get(key) ?? text);
      case 'placeholder':
        this.#honest.set(key, this.#honest.get(key) ?? text);
        return this.#folders.swap(taskId, name, 'Done.');
      case 'odd path':
        return this.#folders.nameResult(taskId, ODD_PATHS[this.#prng.between(0, ODD_PATHS.length - 1)] ?? '');
    }
  }
}
