import type {
  AskOutcome,
  Manager,
  WorkerTask,
  Readiness,
  TaskId,
  WorkerAddress,
  WorkerLifecycle,
  WorkerMessage,
} from '@agrenting-hiclaw/core/domain';
import { PLANTED, type Stage } from '../crash-points.ts';
import type { Prng } from '../prng.ts';
import { REPORT_TO } from '../scenario.ts';
import type { FakeHomeserver, PostedMessage } from './homeserver.ts';
import { digestOf, type FakeTaskFolders } from './task-folders.ts';

const SECOND = 1000;

/** How long a message is edited that has no end. */
const EDITED_FOR_MS = 8 * 60 * SECOND;

/** What a worker makes of a task. */
type Manner =
  | 'diligent'
  | 'slow'
  | 'unresponsive'
  | 'silent'
  | 'blocked'
  | 'delivers a refusal'
  | 'delivers a question'
  | 'is blocked and closes'
  | 'edits without an end'
  | 'claims only'
  | 'delivers only'
  | 'placeholder'
  | 'asks'
  | 'errs'
  | 'repeats'
  | 'writes piecemeal';

/** What workers write about the lines that they are asked for; nothing follows from it. */
const TALK = [
  'If I get stuck I will report BLOCKED: <reason>.',
  '{us} BLOCKED: {task} - none',
  '{us} BLOCKED: n/a',
  '{us} BLOCKED: {task} - <what is missing>',
  '{us} QUESTION: none',
  '{us} QUESTION: {task} - <your question>',
  '{us} PROGRESS: {task} - ...',
  'NOT BLOCKED: {task} - all is there',
  'The port is BLOCKED: the firewall has it, so I take another.',
  'I asked myself a QUESTION: {task} may mean two things, but it is clear now.',
  'My line would be `{us} BLOCKED: {task} - no key`.',
  'It is:\n```\n{us} BLOCKED: {task} - no key\n```',
  '<think>{us} BLOCKED: {task} - is it?</think>\nWorking on it.',
  'When I am stuck I will send this line:\n{us} QUESTION: {task} - which one?',
  'The states are Draft, Waiting for approval and Published.',
] as const;

/** What models write when they have said what they had to say. */
const CLOSINGS = [
  'Let me know if you need anything else.',
  "I'll stop here.",
  'Please tell me how to go on.',
] as const;

/** What a worker means to say, in the form that it was asked for. */
export type Meant = 'blocked' | 'question' | 'progress';

interface Job {
  readonly manner: Manner;
  /** The worker in the room where it was told of it, and answers. */
  readonly address: WorkerAddress;
  stopped: boolean;
}

interface Worker {
  readonly address: WorkerAddress;
  up: boolean;
  /** Goes up with each crash: what was planned before is forgotten. */
  life: number;
  startsAtMs: number | undefined;
  readonly jobs: Map<TaskId, Job>;
}

/** Workers as they were seen to be: most do their job, some do not, and any may be off. */
export class FakeWorkers implements WorkerLifecycle, Manager {
  readonly #stage: Stage;
  readonly #prng: Prng;
  readonly #homeserver: FakeHomeserver;
  readonly #folders: FakeTaskFolders;
  readonly #workers: readonly Worker[];
  readonly #usualManner: Manner | undefined;
  /** What the worker of each task meant to say so far. */
  readonly meant = new Map<TaskId, Set<Meant>>();
  /** Called when a worker has said the half of something. */
  onHalfSaid: () => void = () => undefined;
  #planned = 0;
  #works = 0;

  constructor(stage: Stage, prng: Prng, homeserver: FakeHomeserver, folders: FakeTaskFolders) {
    this.#stage = stage;
    this.#prng = prng;
    this.#homeserver = homeserver;
    this.#folders = folders;
    this.#usualManner = prng.chance(0.6) ? 'diligent' : undefined;
    this.#workers = Array.from({ length: stage.scenario.workers }, (_, index) => {
      const name = `worker${index}`;
      const address = { name, userId: `@${name}:x:18080`, roomId: `!${name}:x:18080` };
      return { address, up: prng.chance(0.8), life: 0, startsAtMs: undefined, jobs: new Map() };
    });
  }

  addressOf(index: number): WorkerAddress {
    const worker = this.#workers[index % this.#workers.length];
    if (worker === undefined) throw new Error('a scenario has at least one worker');
    return worker.address;
  }

  /** True while a worker will do something on its own. */
  get busy(): boolean {
    return this.#planned > 0;
  }

  crash(index: number): void {
    const worker = this.#workers[index % this.#workers.length];
    if (worker === undefined) return;
    worker.up = false;
    worker.life += 1;
    worker.jobs.clear();
    this.#stage.trace.note(`${worker.address.name} crashed`);
  }

  async ensureReady({ name }: WorkerAddress): Promise<Readiness> {
    const { faulty, scenario, timeline } = this.#stage;
    const worker = this.#workers.find(({ address }) => address.name === name);
    if (worker === undefined) return { kind: 'failed', problem: 'no such worker' };
    if (faulty && this.#prng.chance(scenario.rates.lifecycleFails)) {
      return this.#prng.chance(0.3)
        ? { kind: 'remote' }
        : { kind: 'failed', problem: `${PLANTED}: no start` };
    }
    if (worker.up) return { kind: 'ready' };
    if (worker.startsAtMs === undefined) {
      const waitMs = this.#prng.between(5, 40) * SECOND;
      worker.startsAtMs = timeline.nowMs + waitMs;
      timeline.after(waitMs, () => {
        worker.up = true;
        worker.startsAtMs = undefined;
      });
    }
    return { kind: 'starting', waitMs: 30 * SECOND };
  }

  /** The Manager, whose model does as it pleases: often it starts the worker. */
  async lookAfter({ worker: { name } }: WorkerTask): Promise<AskOutcome> {
    if (this.#prng.chance(0.2)) return { kind: 'failed', problem: 'planted: no Manager' };
    const worker = this.#workers.find(({ address }) => address.name === name);
    if (worker !== undefined && this.#prng.chance(0.6)) worker.up = true;
    return { kind: 'asked', eventId: `$manager-${name}` };
  }

  ingest({ message, eventId }: PostedMessage): void {
    const worker = this.#workers.find(({ address }) => address.name === message.worker.name);
    // A message that was sent before its start is lost to a worker.
    if (worker === undefined || !worker.up) return;
    this.#later(worker, this.#prng.between(100, 3000), () => {
      switch (message.purpose) {
        case 'stop':
          return this.#stop(worker, message.taskId);
        case 'clear':
          return this.#clear(message.worker, eventId);
        case 'assignment':
          return this.#take(worker, message, eventId);
        case 'message':
        case 'no-answer':
          this.#homeserver.showActivity(message.worker, { kind: 'receipt', eventId });
      }
    });
  }

  /** It has been told to forget what was said, and says that it did. */
  #clear(address: WorkerAddress, eventId: string): void {
    this.#homeserver.showActivity(address, { kind: 'receipt', eventId });
    this.#homeserver.showActivity(address, { kind: 'message', text: 'The conversation was cleared.' });
  }

  /** Says something: at once, or by edits that make it longer; some speak of what they would report before that. */
  #say(worker: Worker, taskId: TaskId, text: string): void {
    const address = roomOf(worker, taskId);
    if (this.#prng.chance(0.2)) this.#talk(worker, taskId);
    if (this.#prng.chance(0.6)) {
      this.#homeserver.showActivity(address, { kind: 'message', text });
      return;
    }
    const parts = [0.6, 0.8, 1].map((part) => text.slice(0, Math.ceil(text.length * part)));
    const everyMs = this.#prng.pick(0.2, 1, 1, 6) * SECOND;
    let first: string | undefined;
    for (const [index, part] of parts.entries()) {
      this.#later(worker, index * everyMs, () => {
        const eventId = this.#homeserver.showActivity(address, {
          kind: 'message',
          text: part,
          ...(first === undefined ? {} : { replacesEventId: first }),
        });
        first ??= eventId;
      });
    }
  }

  /**
   * Begins a line as if it meant it, and makes something else of it; who is stopped in between leaves it as it is. Now and then
   * the homeserver goes away when the half of it was heard.
   */
  #takeBack(worker: Worker, taskId: TaskId): void {
    const what = this.#prng.pick<Meant>('blocked', 'question', 'progress');
    const text = `${REPORT_TO} ${what.toUpperCase()}: ${taskId} - which picture?`;
    const address = roomOf(worker, taskId);
    const first = this.#homeserver.showActivity(address, { kind: 'message', text });
    const { life } = worker;
    const { timeline, faulty } = this.#stage;
    this.onHalfSaid();
    const isCut = faulty && this.#prng.chance(0.3);
    const awayMs = this.#prng.between(15, 90) * SECOND;
    if (isCut) timeline.after(3.5 * SECOND, () => this.#homeserver.goesAway(awayMs));
    this.#planned += 1;
    timeline.after((isCut ? 5 : this.#prng.pick(0.5, 2, 5)) * SECOND, () => {
      this.#planned -= 1;
      const isThere = worker.life === life && worker.up;
      if (!isThere) this.#means(taskId, what);
      else {
        const instead = 'The picture is there after all, and I go on.';
        this.#homeserver.showActivity(address, { kind: 'message', text: instead, replacesEventId: first });
      }
    });
  }

  #talk(worker: Worker, taskId: TaskId): void {
    const talk = this.#prng.pick(...TALK);
    const text = talk.replaceAll('{us}', REPORT_TO).replaceAll('{task}', taskId);
    this.#homeserver.showActivity(roomOf(worker, taskId), { kind: 'message', text });
  }

  /** Says what it means: from its first letter on it may be heard. */
  #report(worker: Worker, taskId: TaskId, what: Meant, words: string): void {
    this.#means(taskId, what);
    this.#say(worker, taskId, `${REPORT_TO} ${what.toUpperCase()}: ${taskId} - ${words}`);
  }

  #means(taskId: TaskId, what: Meant): void {
    this.meant.set(taskId, (this.meant.get(taskId) ?? new Set()).add(what));
  }

  /** Its runtime edits the message again and again, though it says the same. */
  #sayOnAndOn(worker: Worker, taskId: TaskId, what: Meant, words: string): void {
    this.#means(taskId, what);
    const everyMs = this.#prng.pick(2, 5, 20) * SECOND;
    const text = `${REPORT_TO} ${what.toUpperCase()}: ${taskId} - ${words}`;
    const address = roomOf(worker, taskId);
    const first = this.#homeserver.showActivity(address, { kind: 'message', text });
    for (let edit = 1; edit * everyMs <= EDITED_FOR_MS; edit += 1) {
      this.#later(worker, edit * everyMs, () => {
        this.#homeserver.showActivity(address, { kind: 'message', text, replacesEventId: first });
      });
    }
  }

  #stop(worker: Worker, taskId: TaskId): void {
    const job = worker.jobs.get(taskId);
    if (job !== undefined) job.stopped = this.#prng.chance(0.7);
  }

  #take(worker: Worker, { taskId, worker: address }: WorkerMessage, eventId: string): void {
    const before = worker.jobs.get(taskId);
    // A reminder changes the behaviour of some.
    if (before !== undefined && (before.manner === 'diligent' || this.#prng.chance(0.5))) return;
    const job = { manner: this.#drawManner(), address, stopped: false };
    worker.jobs.set(taskId, job);
    if (job.manner === 'unresponsive') return;
    this.#homeserver.showActivity(address, { kind: 'receipt', eventId });
    if (this.#prng.chance(0.7)) this.#homeserver.showActivity(address, { kind: 'typing' });
    if (this.#prng.chance(0.15)) this.#takeBack(worker, taskId);
    const say = (text: string): void => this.#say(worker, taskId, text);
    let delivered: string | undefined;
    const claim = (): void => say(`${REPORT_TO} TASK_COMPLETED: ${taskId} - done${this.#named(delivered)}`);
    const deliver = (text = this.#textOf(taskId)): void => {
      const parts = this.#prng.pick(0, 0, 1, 3);
      for (let part = 1; part <= parts; part += 1) {
        this.#folders.write(taskId, `part-${part}.txt`, `${part} of ${text} for ${taskId.slice(-7)}`);
      }
      if (this.#folders.wantsChange(taskId))
        this.#folders.write(taskId, 'change.patch', `a change for ${text} for ${taskId.slice(-7)}`);
      this.#folders.write(taskId, 'result.md', text);
      delivered = text;
    };
    const then = (waitMs: number, run: () => void): void =>
      this.#later(worker, waitMs, () => {
        if (!job.stopped) run();
      });
    const workMs = this.#prng.between(2, 120) * SECOND;
    // Many begin with what they are going to do.
    if (this.#prng.chance(0.25)) then(SECOND, () => this.#talk(worker, taskId));
    if (this.#prng.chance(0.2)) then(workMs / 2, () => this.#report(worker, taskId, 'progress', 'half way'));
    switch (job.manner) {
      case 'silent':
        return;
      case 'diligent':
        then(workMs, deliver);
        then(workMs + this.#claimsAfterMs(), claim);
        return;
      case 'slow':
        for (let part = 1; part <= 4; part += 1) {
          then(part * 4 * workMs, () => this.#folders.write(taskId, `progress/${part}.md`, `part ${part}`));
        }
        then(20 * workMs, deliver);
        return;
      case 'blocked':
        then(workMs, () => this.#report(worker, taskId, 'blocked', 'no network here'));
        return;
      case 'is blocked and closes':
        then(workMs, () => this.#report(worker, taskId, 'blocked', 'no network here'));
        then(workMs + this.#prng.between(1, 60) * SECOND, () => say(this.#prng.pick(...CLOSINGS)));
        return;
      case 'edits without an end':
        then(workMs, () =>
          this.#sayOnAndOn(
            worker,
            taskId,
            this.#prng.pick<Meant>('blocked', 'question', 'progress'),
            'which sea?',
          ),
        );
        if (this.#prng.chance(0.5)) then(20 * workMs, deliver);
        return;
      case 'delivers a refusal':
        then(workMs, () => deliver('BLOCKED: no network here'));
        return;
      case 'delivers a question':
        then(workMs, () => {
          this.#means(taskId, 'question');
          deliver('QUESTION: which sea?');
        });
        return;
      case 'claims only':
        then(workMs, claim);
        return;
      case 'delivers only':
        then(workMs, deliver);
        return;
      case 'placeholder':
        then(workMs, () => deliver('Done.'));
        then(workMs, claim);
        return;
      case 'asks':
        then(workMs, () => this.#report(worker, taskId, 'question', 'which sea?'));
        then(20 * workMs, deliver);
        return;
      case 'errs':
        then(workMs, () => say('Error: the model is overloaded'));
        return;
      case 'repeats':
        for (const round of [1, 2, 3]) then(round * workMs, deliver);
        then(workMs, claim);
        then(2 * workMs, claim);
        return;
      case 'writes piecemeal':
        for (let part = 0; part < 4; part += 1) then(workMs + part * 900, deliver);
        return;
    }
  }

  /** Between the result and the report of it; who names it in the report has it by then. */
  #claimsAfterMs(): number {
    const afterMs = this.#prng.between(-20, 20) * 100;
    return this.#stage.scenario.digests === 'none' ? afterMs : Math.abs(afterMs) + 1;
  }

  /** What a report says of the result, where workers say that. */
  #named(text: string | undefined): string {
    const names = this.#stage.scenario.digests !== 'none' && text !== undefined;
    return names ? ` (sha256=${digestOf(text)})` : '';
  }

  #drawManner(): Manner {
    if (this.#stage.scenario.diligence) return 'diligent';
    if (this.#usualManner !== undefined && this.#prng.chance(0.8)) return this.#usualManner;
    return this.#prng.pick(
      'diligent',
      'slow',
      'unresponsive',
      'silent',
      'blocked',
      'is blocked and closes',
      'edits without an end',
      'delivers a refusal',
      'delivers a question',
      'claims only',
      'delivers only',
      'placeholder',
      'asks',
      'errs',
      'repeats',
      'writes piecemeal',
    );
  }

  #textOf(taskId: TaskId): string {
    this.#works += 1;
    return `Grey waves fold and fall, as ordered by ${taskId}, work number ${this.#works}`;
  }

  #later(worker: Worker, waitMs: number, run: () => void): void {
    const { life } = worker;
    this.#planned += 1;
    this.#stage.timeline.after(waitMs, () => {
      this.#planned -= 1;
      if (worker.life === life && worker.up) run();
    });
  }
}

function roomOf({ jobs, address }: Worker, taskId: TaskId): WorkerAddress {
  return jobs.get(taskId)?.address ?? address;
}
