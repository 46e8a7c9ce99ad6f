import { createHash } from 'node:crypto';
import {
  transactionIdOf,
  type WorkerTask,
  type AttemptRooms,
  type Collected,
  type Expected,
  type FileRead,
  type FolderMessage,
  type FindOutcome,
  type FolderInspection,
  type Messenger,
  type OwnObject,
  type Readiness,
  type RoomOutcome,
  type SendOutcome,
  type WorkerActivity,
  type ActivityLog,
  type StageOutcome,
  type TaskId,
  type TaskOrder,
  type TaskStorage,
  type Verified,
  type WorkerAddress,
  type WorkerLifecycle,
  type WorkerMessage,
  type WriteOutcome,
} from '@agrenting-hiclaw/core/domain';

interface Folder {
  order: TaskOrder;
  /** Names of our own objects that lie there. */
  own: ReadonlySet<string>;
  /** Names of our own objects that somebody else changed. */
  changed: string[];
  /** The same, with a content that has version and size of ours. */
  twins?: Set<string>;
  objects: Map<string, string>;
  version: number;
}

const own = (name: string): OwnObject => ({ name, sizeBytes: 1, sha256: 'aa', etag: 'e' });
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Rooms, storage and workers that keep what they get and serve it back. */
export class FakeHiclaw implements Messenger, AttemptRooms, TaskStorage, WorkerLifecycle {
  readonly #activities: ActivityLog;
  readonly #elapsedMs: () => number;
  readonly #nowMs: () => number;
  readonly #events = new Map<string, { eventId: string; message: WorkerMessage; sentAtMs: number }>();
  readonly #folders = new Map<TaskId, Folder>();
  #position = 0;
  readonly sendFaults: (Exclude<SendOutcome, { kind: 'sent' }> | 'lost after')[] = [];
  readonly readiness: Readiness[] = [];
  /** Rooms of attempts, by worker and task. */
  readonly rooms = new Map<string, string>();
  readonly roomFaults: (Exclude<RoomOutcome, { kind: 'open' }> | 'lost after')[] = [];
  storageFault: string | undefined;
  /** What somebody else put into folders before they were staged. */
  readonly planted = new Map<TaskId, string[]>();
  forgetFault: string | undefined;
  /** Messages of hirers in task folders, by task and number. */
  readonly folderMessages = new Map<string, FolderMessage>();
  /** Tasks whose folder the hirer's token was taken out of. */
  readonly forgotten: TaskId[] = [];
  /** Tasks whose marker hands in an answer, with no object of its own. */
  readonly handedIn = new Set<TaskId>();
  /** Sends that arrived, repeated ones counted. */
  sends = 0;

  constructor(activities: ActivityLog, nowMs: () => number, elapsedMs = nowMs) {
    this.#activities = activities;
    this.#elapsedMs = elapsedMs;
    this.#nowMs = nowMs;
  }

  /** What is in the rooms, oldest first. */
  get messages(): WorkerMessage[] {
    return [...this.#events.values()].map(({ message }) => message);
  }

  async send(message: WorkerMessage): Promise<SendOutcome> {
    this.sends += 1;
    const fault = this.sendFaults.shift();
    if (fault !== undefined && fault !== 'lost after') return fault;
    const id = transactionIdOf(message.taskId, message.purpose, message.number);
    const known = this.#events.get(id) ?? {
      eventId: `$${this.#events.size + 1}`,
      message,
      sentAtMs: this.#nowMs(),
    };
    this.#events.set(id, known);
    if (fault === 'lost after') return { kind: 'unknown', problem: 'planted: lost after' };
    return { kind: 'sent', eventId: known.eventId };
  }

  async findAssignments(
    attempt: Pick<WorkerMessage, 'hiringId' | 'attempt'>,
    sinceMs: number,
  ): Promise<FindOutcome> {
    const messages = [...this.#events.values()].flatMap(({ eventId, message, sentAtMs }) => {
      const isIt =
        message.purpose === 'assignment' &&
        message.hiringId === attempt.hiringId &&
        message.attempt === attempt.attempt &&
        sentAtMs >= sinceMs;
      return isIt ? [{ taskId: message.taskId, number: message.number, eventId, sentAtMs }] : [];
    });
    const answer = this.answers.get(attempt.hiringId);
    return { kind: 'found', messages, ...(answer === undefined ? {} : { answer }) };
  }

  /** What workers said in rooms after they were told, as a search of the room finds it. */
  readonly answers = new Map<string, { readonly eventId: string; readonly atMs: number }>();

  /** The homeserver forgets which transactions it had; what is in the rooms stays. */
  forgetTransactions(): void {
    for (const [id, event] of Array.from(this.#events)) {
      this.#events.delete(id);
      this.#events.set(`forgotten ${event.eventId}`, event);
    }
  }

  async open({ worker, taskId }: WorkerTask): Promise<RoomOutcome> {
    const fault = this.roomFaults.shift();
    if (fault !== undefined && fault !== 'lost after') return fault;
    const key = `${worker.userId} ${taskId}`;
    const roomId = this.rooms.get(key) ?? `!attempt-${this.rooms.size + 1}`;
    this.rooms.set(key, roomId);
    if (fault === 'lost after') return { kind: 'unavailable', problem: 'planted: lost after' };
    return { kind: 'open', roomId };
  }

  async ensureReady(_worker: WorkerAddress): Promise<Readiness> {
    return this.readiness.shift() ?? { kind: 'ready' };
  }

  async stage(order: TaskOrder): Promise<StageOutcome> {
    if (this.storageFault !== undefined) return { kind: 'unavailable', problem: this.storageFault };
    const before = this.#folders.get(order.taskId);
    const foreign = [...(this.planted.get(order.taskId) ?? []), ...(before?.objects.keys() ?? [])];
    if (order.isFresh === true && foreign.length > 0) return { kind: 'foreign', names: foreign };
    const hasBundle = order.delivery?.mode === 'push' && order.delivery.bundle !== undefined;
    const names = ['spec.md', ...(hasBundle ? ['base/repository.bundle'] : [])];
    const lying = new Set([...(before?.own ?? []), ...names]);
    const folder = { objects: new Map(), version: 0, ...before, own: lying, order, changed: [] };
    this.#folders.set(order.taskId, folder);
    return { kind: 'staged', evidence: 'meta.json 1', written: names.map(own) };
  }

  async inspect(taskId: TaskId, expected?: Expected): Promise<FolderInspection> {
    if (this.storageFault !== undefined) return { kind: 'unavailable', problem: this.storageFault };
    const { objects, version, changed, own: lying } = this.#folder(taskId);
    const known = new Set([
      ...(expected?.written ?? []).map(({ name }) => name),
      ...(expected?.pendingMessages ?? []).map((number) => `messages/${number}`),
    ]);
    const strange = [...lying].filter((name) => !known.has(name));
    const answer = objects.get('result.md');
    return {
      kind: 'folder',
      metaStatus: 'assigned',
      workerObjects: [...objects.keys()],
      versions: new Map([...objects].map(([name, text]) => [name, sha256Of(text)])),
      hasResult: answer !== undefined || this.handedIn.has(taskId),
      resultVersion: answer === undefined ? undefined : sha256Of(answer),
      changed: expected?.written === undefined ? [] : [...changed, ...strange],
      digest: String(version),
    };
  }

  async verify(taskId: TaskId, written: readonly OwnObject[]): Promise<Verified> {
    const { changed, twins } = this.#folder(taskId);
    const names = written
      .map(({ name }) => name)
      .filter((name) => changed.includes(name) || twins?.has(name));
    return names.length === 0 ? { kind: 'same' } : { kind: 'changed', names };
  }

  async collect(taskId: TaskId): Promise<Collected> {
    const text = this.#folder(taskId).objects.get('result.md') ?? '';
    const answerSha256 = sha256Of(text);
    const answerSha256OtherEnd = sha256Of(text.endsWith('\n') ? text.slice(0, -1) : `${text}\n`);
    if (text.startsWith('BLOCKED'))
      return { kind: 'failure', failure: { reason: 'other', text }, answerSha256 };
    if (text.startsWith('QUESTION')) return { kind: 'question', what: text, answerSha256 };
    const files = [...this.#folder(taskId).objects]
      .filter(([name]) => name !== 'result.md' && name !== 'plan.md')
      .map(([name, content]) => ({ name, sizeBytes: content.length }));
    const result = { text, summary: text.split('\n')[0] ?? '', files, notes: [] };
    if (text.startsWith('PARTIAL'))
      return { kind: 'unclear', why: { code: 'partial', summary: 'one half' }, result, answerSha256 };
    const digests = [...text.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, sha256 = '', name = '']) => ({
      name,
      sha256,
    }));
    const promised = [...text.matchAll(/^- (\S+\.\w+)$/gm)].map(([, name = '']) => name);
    const missing = promised.filter((name) => !this.#folder(taskId).objects.has(name));
    return { kind: 'result', result, answerSha256, answerSha256OtherEnd, digests, missing };
  }

  async read(taskId: TaskId, name: string, maxBytes: number): Promise<FileRead> {
    if (this.storageFault !== undefined) return { kind: 'unavailable', problem: this.storageFault };
    const content = this.#folder(taskId).objects.get(name);
    if (content === undefined) return { kind: 'absent' };
    if (content.length > maxBytes) return { kind: 'too_large' };
    const bytes = Buffer.from(content);
    return { kind: 'file', bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  async addMessage(taskId: TaskId, message: FolderMessage): Promise<WriteOutcome> {
    if (this.storageFault !== undefined) return { kind: 'unavailable', problem: this.storageFault };
    this.folderMessages.set(`${taskId}/${message.number}`, message);
    const name = `messages/${message.number}`;
    const folder = this.#folder(taskId);
    folder.own = new Set([...folder.own, name]);
    return { kind: 'staged', evidence: `message ${message.number}`, written: [own(name)] };
  }

  async forgetToken(order: TaskOrder): Promise<WriteOutcome> {
    const problem = this.forgetFault ?? this.storageFault;
    if (problem !== undefined) return { kind: 'unavailable', problem };
    this.forgotten.push(order.taskId);
    return { kind: 'staged', evidence: 'task-spec.json', written: [] };
  }

  async noteDelegated(): Promise<void> {
    await Promise.resolve();
  }

  /** A worker writes into its task folder. */
  write(taskId: TaskId, name: string, text: string): void {
    const folder = this.#folder(taskId);
    folder.objects.set(name, text);
    folder.version += 1;
  }

  /** Write access to the folder includes deletion. */
  remove(taskId: TaskId, name: string): void {
    const folder = this.#folder(taskId);
    folder.objects.delete(name);
    folder.version += 1;
  }

  /** Somebody else writes over an object of ours; a twin has the same version and size. */
  meddle(taskId: TaskId, name: string, isTwin = false): void {
    const folder = this.#folder(taskId);
    if (isTwin) folder.twins = new Set([name]);
    else folder.changed.push(name);
  }

  /** Someone replaces an object with other bytes, so that its listing shows the same as before. */
  swap(taskId: TaskId, name: string, text: string): void {
    this.#folder(taskId).objects.set(name, text);
  }

  /** A worker does something in its room. */
  async showActivity(
    worker: WorkerAddress,
    activity: Pick<WorkerActivity, 'kind' | 'eventId' | 'replacesEventId' | 'text'>,
    log = this.#activities,
    atMs = this.#nowMs(),
  ): Promise<void> {
    this.#position += 1;
    const nowMs = this.#nowMs();
    const eventId =
      activity.eventId ?? (activity.kind === 'message' ? `$worker${this.#position}` : undefined);
    const stored = { ...activity, eventId, roomId: worker.roomId, userId: worker.userId, atMs };
    const account = '@agrenting:x';
    const listenedMs = this.#elapsedMs();
    const listened = { fromMs: await log.listenedMs(account), untilMs: listenedMs, nowMs: listenedMs };
    await log.record(account, `s${this.#position}`, [stored], nowMs, nowMs, listened);
  }

  orders(): TaskOrder[] {
    return [...this.#folders.values()].map(({ order }) => order);
  }

  tasks(): TaskId[] {
    return [...this.#folders.keys()];
  }

  #folder(taskId: TaskId): Folder {
    const folder = this.#folders.get(taskId);
    if (folder === undefined) throw new Error(`no folder ${taskId}`);
    return folder;
  }
}
