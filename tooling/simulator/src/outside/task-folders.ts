import { createHash } from 'node:crypto';
import { isWorkerObject } from '@agrenting-hiclaw/core/domain';
import type {
  Collected,
  FileRead,
  FolderInspection,
  OwnObject,
  StageOutcome,
  TaskId,
  TaskOrder,
  TaskStorage,
  Verified,
  WriteOutcome,
} from '@agrenting-hiclaw/core/domain';
import { PLANTED, type Stage } from '../boundary.ts';
import type { Dice } from '../dice.ts';
import type { Weather } from './weather.ts';

interface Folder {
  /** The text of the order, to see that it never changes. */
  readonly order: string;
  /** False while the marker object is not there. */
  complete: boolean;
  version: number;
  readonly objects: Map<string, string>;
  /** What the marker names as the result, where it does. */
  resultPath?: string;
}

/** What the adapter itself put into each folder, as far as somebody could have it paid. */
const OWN_WORDS = 'the words of the hirer';
const OWN: ReadonlyMap<string, string> = new Map([
  ['messages/0001.md', OWN_WORDS],
  ['spec.md', OWN_WORDS],
]);

/** Task folders that keep what adapter and workers write. */
export class FakeTaskFolders implements TaskStorage {
  readonly #stage: Stage;
  readonly #dice: Dice;
  readonly #weather: Weather;
  readonly #folders = new Map<TaskId, Folder>();
  /** Every text that a worker ever delivered, with the task it was for. */
  readonly delivered = new Map<string, TaskId>();
  onStaged: (order: TaskOrder) => void = () => undefined;
  /** Called before each look into a folder. */
  onLook: (taskId: TaskId) => void = () => undefined;

  constructor(stage: Stage, dice: Dice, weather: Weather) {
    this.#stage = stage;
    this.#dice = dice;
    this.#weather = weather;
  }

  isComplete(taskId: TaskId): boolean {
    return this.#folders.get(taskId)?.complete === true;
  }

  has(taskId: TaskId): boolean {
    return this.#folders.has(taskId);
  }

  async stage(order: TaskOrder): Promise<StageOutcome> {
    const fails = this.#fails();
    // Torn: some objects were written, the marker was not.
    if (fails && this.#dice.chance(0.5)) return unavailable();
    this.onStaged(order);
    const text = JSON.stringify({ ...order, isFresh: undefined, worker: order.worker.name });
    const folder = this.#folders.get(order.taskId) ?? {
      order: text,
      complete: false,
      version: 0,
      objects: new Map(),
    };
    this.#folders.set(order.taskId, folder);
    if (order.isFresh === true && folder.objects.size > 0) {
      return fails ? unavailable() : { kind: 'foreign', names: [...folder.objects.keys()] };
    }
    if (folder.order !== text) {
      this.#stage.violations.add('broken', 'a task folder never changes', `${folder.order} became ${text}`);
    }
    if (fails) return unavailable();
    folder.complete = true;
    return { kind: 'staged', evidence: 'meta.json 1', written: [SPEC] };
  }

  async inspect(taskId: TaskId): Promise<FolderInspection> {
    if (this.#fails()) return unavailable();
    this.onLook(taskId);
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return unavailable();
    return {
      kind: 'folder',
      metaStatus: 'assigned',
      workerObjects: [...folder.objects.keys()],
      versions: folder.objects,
      hasResult: folder.objects.has('result.md'),
      resultVersion: folder.objects.get('result.md'),
      changed: [],
      digest: String(folder.version),
    };
  }

  async verify(): Promise<Verified> {
    return this.#fails() ? unavailable() : { kind: 'same' };
  }

  async collect(taskId: TaskId): Promise<Collected> {
    if (this.#fails()) return unavailable();
    this.onLook(taskId);
    const folder = this.#folders.get(taskId);
    const named = folder?.resultPath?.trim() ?? '';
    const elsewhere = isWorkerObject(named) ? (folder?.objects.get(named) ?? OWN.get(named)) : undefined;
    const text = folder?.objects.get('result.md') ?? elsewhere ?? '';
    const answerSha256 = digestOf(text);
    if (text.startsWith('BLOCKED'))
      return { kind: 'failure', failure: { reason: 'other', text }, answerSha256 };
    if (text.startsWith('QUESTION')) return { kind: 'question', what: 'which language?', answerSha256 };
    const files = [...(folder?.objects ?? [])]
      .filter(([name]) => name !== 'result.md')
      .map(([name, content]) => ({ name, sizeBytes: content.length }));
    const result = { text, summary: text.slice(0, 40), files, notes: [] };
    return { kind: 'result', result, answerSha256 };
  }

  async read(taskId: TaskId, name: string): Promise<FileRead> {
    if (this.#fails()) return unavailable();
    this.onLook(taskId);
    const content = this.#folders.get(taskId)?.objects.get(name);
    if (content === undefined) return { kind: 'absent' };
    const bytes = Buffer.from(content);
    return { kind: 'file', bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  async addMessage(): Promise<WriteOutcome> {
    return this.#fails() ? unavailable() : { kind: 'staged', evidence: 'a message', written: [] };
  }

  async forgetToken(): Promise<WriteOutcome> {
    return this.#fails() ? unavailable() : { kind: 'staged', evidence: 'task-spec.json', written: [] };
  }

  async noteDelegated(): Promise<void> {
    await Promise.resolve();
  }

  /** A worker writes into its task folder. */
  write(taskId: TaskId, name: string, text: string): void {
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return;
    folder.objects.set(name, text);
    folder.version += 1;
    if (name === 'result.md') this.delivered.set(text, taskId);
    this.#stage.trace.note(`wrote ${taskId.slice(-7)}/${name}`);
  }

  /** What workers left in a folder, by name. */
  objectsOf(taskId: TaskId): readonly (readonly [name: string, text: string])[] {
    return [...(this.#folders.get(taskId)?.objects ?? [])];
  }

  /** Somebody puts a twin in the place of an object: the listing of the folder stays as it was. */
  swap(taskId: TaskId, name: string, text: string): void {
    this.#folders.get(taskId)?.objects.set(name, text);
    // What lay there when the result was judged is what the worker is taken to have delivered.
    if (name === 'result.md') this.delivered.set(text, taskId);
    this.#stage.trace.note(`swapped ${taskId.slice(-7)}/${name}`);
  }

  /** Somebody has the marker name another object as the result. */
  nameResult(taskId: TaskId, path: string): void {
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return;
    folder.resultPath = path;
    folder.version += 1;
    this.#stage.trace.note(`the marker of ${taskId.slice(-7)} names ${path}`);
  }

  #fails(): boolean {
    if (this.#weather.at('storage') !== undefined) return true;
    return this.#stage.faulty && this.#dice.chance(this.#stage.scenario.rates.storageFails);
  }
}

const SPEC: OwnObject = { name: 'spec.md', sizeBytes: 1, sha256: 'aa', etag: 'e' };

/** The SHA-256 of an answer, as a worker reports it. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function unavailable(): { readonly kind: 'unavailable'; readonly problem: string } {
  return { kind: 'unavailable', problem: `${PLANTED}: storage` };
}
