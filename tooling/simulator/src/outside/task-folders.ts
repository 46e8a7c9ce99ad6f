import { createHash } from 'node:crypto';
import { isWorkerObject } from '@agrenting-hiclaw/core/domain';
import type {
  Collected,
  Expected,
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
import { PLANTED, type Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import type { Fault, OutageSchedule } from './outages.ts';

interface Folder {
  /** The text of the order, to see that it never changes. */
  readonly order: string;
  /** Whether the worker is to leave a change of a repository. */
  readonly wantsChange: boolean;
  /** False while the marker object is not there. */
  complete: boolean;
  version: number;
  readonly objects: Map<string, string>;
  /** Every text that was ever delivered for the task. */
  readonly delivered: Set<string>;
  /** The SHA-256 of everything that ever lay there beside our own. */
  readonly digests: Set<string>;
  /** When each text was first put there, no matter who did. */
  readonly firstAtMs: Map<string, number>;
  /** What the marker names as the result, where it does. */
  resultPath?: string;
  /** What the marker says of the work, where somebody moved it. */
  marker?: { readonly version: number; readonly summary: string };
  /** Names of our own objects that say something else by now, and of others where only ours may be. */
  readonly altered: Set<string>;
  /** Those of them whose version and size are as they were. */
  readonly twins: Set<string>;
  /** Since when any is. */
  alteredSinceMs?: number | undefined;
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
  readonly #prng: Prng;
  readonly #outageSchedule: OutageSchedule;
  readonly #folders = new Map<TaskId, Folder>();
  /** Texts that another worker than that of the task put there. */
  readonly foreign = new Set<string>();
  onStaged: (order: TaskOrder) => void = () => undefined;
  /** Called when a folder is there for others to see. */
  onFolder: (taskId: TaskId) => void = () => undefined;
  /** Called when a worker has delivered. */
  onResult: (taskId: TaskId) => void = () => undefined;
  /** Called before each look into a folder. */
  onLook: (taskId: TaskId) => void = () => undefined;

  constructor(stage: Stage, prng: Prng, outageSchedule: OutageSchedule) {
    this.#stage = stage;
    this.#prng = prng;
    this.#outageSchedule = outageSchedule;
  }

  isComplete(taskId: TaskId): boolean {
    return this.#folders.get(taskId)?.complete === true;
  }

  /** Whether the worker is to leave a change of a repository there. */
  wantsChange(taskId: TaskId): boolean {
    return this.#folders.get(taskId)?.wantsChange === true;
  }

  has(taskId: TaskId): boolean {
    return this.#folders.has(taskId);
  }

  async stage(order: TaskOrder): Promise<StageOutcome> {
    const fault = this.#fault();
    if (fault?.answer === 'login page' || fault?.answer === 'forbidden') {
      return { kind: 'refused', problem: `${PLANTED}: ${fault.answer} to a task folder` };
    }
    const fails = fault !== undefined;
    // Torn: some objects were written, the marker was not.
    if (fails && !fault.applied) return unavailable();
    this.onStaged(order);
    // The bundle is there already when it is written again.
    const delivery = order.delivery && { ...order.delivery, bundle: undefined };
    const text = JSON.stringify({ ...order, delivery, isFresh: undefined, worker: order.worker.name });
    const folder =
      this.#folders.get(order.taskId) ?? this.#begin(order.taskId, text, order.delivery?.mode === 'push');
    // What is written again is ours again; what others put beside it stays.
    for (const name of WRITTEN) folder.altered.delete(name);
    folder.twins.clear();
    if (folder.altered.size === 0) folder.alteredSinceMs = undefined;
    const strange = [
      ...folder.objects.keys(),
      ...folder.altered,
      ...(folder.marker === undefined ? [] : [MARKER]),
    ];
    if (order.isFresh === true && strange.length > 0) {
      return fails ? unavailable() : { kind: 'foreign', names: strange };
    }
    if (folder.order !== text) {
      this.#stage.violations.add('broken', 'a task folder never changes', `${folder.order} became ${text}`);
    }
    if (fails) return unavailable();
    folder.complete = true;
    return { kind: 'staged', evidence: 'meta.json 1', written: [SPEC] };
  }

  async inspect(taskId: TaskId, expected?: Expected): Promise<FolderInspection> {
    if (this.#fails()) return unavailable();
    this.onLook(taskId);
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return unavailable();
    const { marker, objects } = folder;
    return {
      kind: 'folder',
      metaStatus: marker === undefined ? 'assigned' : 'submitted',
      workerObjects: [...objects.keys()],
      // As it was: a step looks at it again when more lies there.
      versions: new Map(objects),
      hasResult: objects.has(RESULT) || marker !== undefined,
      resultVersion:
        answerIn(folder)?.text ?? (marker === undefined ? undefined : `marker ${marker.version}`),
      changed:
        expected?.written === undefined ? [] : [...folder.altered].filter((name) => !folder.twins.has(name)),
      digest: String(folder.version),
    };
  }

  async verify(taskId: TaskId, written: readonly OwnObject[]): Promise<Verified> {
    if (this.#fails()) return unavailable();
    const altered = this.#folders.get(taskId)?.altered ?? new Set();
    const names = written.map(({ name }) => name).filter((name) => altered.has(name));
    return names.length === 0 ? { kind: 'same' } : { kind: 'changed', names };
  }

  async collect(taskId: TaskId): Promise<Collected> {
    if (this.#fails()) return unavailable();
    this.onLook(taskId);
    const folder = this.#folders.get(taskId);
    const answer = folder === undefined ? undefined : answerIn(folder);
    const text = answer?.text ?? folder?.marker?.summary ?? '';
    const answerSha256 = answer === undefined ? undefined : digestOf(text);
    if (text.startsWith('BLOCKED'))
      return { kind: 'failure', failure: { reason: 'other', text }, answerSha256 };
    if (text.startsWith('QUESTION')) return { kind: 'question', what: 'which language?', answerSha256 };
    const files = [...(folder?.objects ?? [])]
      .filter(([name]) => name !== (answer?.name ?? RESULT))
      .map(([name, content]) => ({ name, sizeBytes: content.length }));
    const result = { text, summary: text.slice(0, 40), files, notes: [] };
    return { kind: 'result', result, answerSha256 };
  }

  async read(taskId: TaskId, name: string): Promise<FileRead> {
    if (this.#fails()) return unavailable();
    this.onLook(taskId);
    const content = this.#folders.get(taskId)?.objects.get(name);
    if (content === undefined) return { kind: 'absent' };
    return { kind: 'file', bytes: Buffer.from(content), sha256: digestOf(content) };
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
    this.#put(folder, name, text);
    this.#stage.trace.note(`wrote ${taskId.slice(-7)}/${name}`);
    if (name === RESULT) this.onResult(taskId);
  }

  /** Another worker writes there. */
  mutation(taskId: TaskId, name: string, text: string): void {
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return;
    this.#put(folder, name, text);
    this.foreign.add(text);
    // Once the worker itself came, nobody can tell whose it is but by its report.
    folder.delivered.add(text);
    this.#stage.trace.note(`planted ${taskId.slice(-7)}/${name}`);
  }

  /** Another worker has the marker say that the work is done, and what it is. */
  submitResult(taskId: TaskId, summary: string): void {
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return;
    folder.version += 1;
    folder.marker = { version: folder.version, summary };
    this.foreign.add(summary);
    folder.delivered.add(summary);
    this.#cameNow(folder, summary);
    this.#stage.trace.note(`the marker of ${taskId.slice(-7)} hands in ${summary}`);
  }

  /** Another worker changes what is ours, or puts beside it what passes for ours; a twin has the version and size that it had. */
  alter(taskId: TaskId, name: string, how: 'seen' | 'twin'): void {
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return;
    folder.altered.add(name);
    if (how === 'twin') folder.twins.add(name);
    else {
      folder.twins.delete(name);
      folder.version += 1;
    }
    folder.alteredSinceMs ??= this.#stage.timeline.nowMs;
    this.#stage.trace.note(`altered ${taskId.slice(-7)}/${name}, ${how}`);
  }

  /** Everything of ours is as it was, and nothing stands beside it that passes for ours. */
  putBack(taskId: TaskId): void {
    const folder = this.#folders.get(taskId);
    if (folder === undefined || folder.altered.size === 0) return;
    folder.altered.clear();
    folder.twins.clear();
    folder.alteredSinceMs = undefined;
    folder.version += 1;
    this.#stage.trace.note(`put back ${taskId.slice(-7)}`);
  }

  /** Since when something of ours in a folder has not been what we wrote. */
  alteredSinceMs(taskId: TaskId): number | undefined {
    return this.#folders.get(taskId)?.alteredSinceMs;
  }

  /** Whether a text was ever delivered for a task; a short one may be for several. */
  wasDelivered(taskId: TaskId, text: string): boolean {
    return this.#folders.get(taskId)?.delivered.has(text) === true;
  }

  /** Whether an object of these bytes ever lay in a folder beside our own. */
  everHeld(taskId: TaskId, sha256: string): boolean {
    return this.#folders.get(taskId)?.digests.has(sha256) === true;
  }

  /** When a text was first put into a folder, no matter who did; undefined where it was not, or is a twin. */
  firstAtMs(taskId: TaskId, text: string): number | undefined {
    return this.#folders.get(taskId)?.firstAtMs.get(text);
  }

  /** What lies in a folder that its worker or another made: the texts of the objects, and of the marker. */
  textsIn(taskId: TaskId): readonly string[] {
    const { objects = new Map<string, string>(), marker } = this.#folders.get(taskId) ?? {};
    return [...objects.values(), ...(marker === undefined ? [] : [marker.summary])];
  }

  /** What workers left in a folder, by name. */
  objectsOf(taskId: TaskId): readonly (readonly [name: string, text: string])[] {
    return [...(this.#folders.get(taskId)?.objects ?? [])];
  }

  /** Somebody replaces an object with a twin: the listing of the folder stays as it was. */
  swap(taskId: TaskId, name: string, text: string): void {
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return;
    // What lay there when the result was judged is what the worker is taken to have delivered.
    this.#lay(folder, name, text);
    this.#stage.trace.note(`swapped ${taskId.slice(-7)}/${name}`);
  }

  /** The same with bytes that the storage cannot tell from those that lie there: whose those are, they are, too. */
  swapTwin(taskId: TaskId, name: string, twin: string): void {
    const before = this.objectsOf(taskId).find(([object]) => object === name)?.[1];
    if (before !== undefined && this.foreign.has(before)) this.foreign.add(twin);
    this.swap(taskId, name, twin);
  }

  /** Somebody has the marker name another object as the result. */
  nameResult(taskId: TaskId, path: string): void {
    const folder = this.#folders.get(taskId);
    if (folder === undefined) return;
    folder.resultPath = path;
    folder.version += 1;
    this.#stage.trace.note(`the marker of ${taskId.slice(-7)} names ${path}`);
  }

  #begin(taskId: TaskId, order: string, wantsChange: boolean): Folder {
    const folder: Folder = {
      order,
      wantsChange,
      complete: false,
      version: 0,
      objects: new Map(),
      delivered: new Set(),
      digests: new Set(),
      firstAtMs: new Map(),
      altered: new Set(),
      twins: new Set(),
    };
    this.#folders.set(taskId, folder);
    this.onFolder(taskId);
    return folder;
  }

  #put(folder: Folder, name: string, text: string): void {
    this.#lay(folder, name, text);
    folder.version += 1;
    this.#cameNow(folder, text);
  }

  #lay(folder: Folder, name: string, text: string): void {
    folder.objects.set(name, text);
    folder.digests.add(digestOf(text));
    if (name === RESULT) folder.delivered.add(text);
  }

  /** Writing the same once more adds nothing to it. */
  #cameNow({ firstAtMs }: Folder, text: string): void {
    firstAtMs.set(text, firstAtMs.get(text) ?? this.#stage.timeline.nowMs);
  }

  #fails(): boolean {
    return this.#fault() !== undefined;
  }

  #fault(): Fault | undefined {
    return this.#outageSchedule.strikes('storage', this.#stage.scenario.rates.storageFails, this.#prng);
  }
}

/** The answer in a folder, and which object it is: result.md, or else what the marker names. */
function answerIn({
  objects,
  resultPath,
}: Folder): { readonly name: string; readonly text: string } | undefined {
  const named = resultPath?.trim() ?? '';
  const elsewhere = isWorkerObject(named) ? (objects.get(named) ?? OWN.get(named)) : undefined;
  const text = objects.get(RESULT) ?? elsewhere;
  return text === undefined ? undefined : { name: objects.has(RESULT) ? RESULT : named, text };
}

const RESULT = 'result.md';
const MARKER = 'meta.json';
/** What staging writes each time. */
const WRITTEN = ['spec.md', MARKER] as const;
const SPEC: OwnObject = { name: 'spec.md', sizeBytes: 1, sha256: 'aa', etag: 'e' };

/** The SHA-256 of an answer, as a worker reports it. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function unavailable(): { readonly kind: 'unavailable'; readonly problem: string } {
  return { kind: 'unavailable', problem: `${PLANTED}: storage` };
}
