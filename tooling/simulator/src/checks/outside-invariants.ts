import { inspect } from 'node:util';
import { z } from 'zod';
import {
  taskIdSchema,
  UNNAMED_AGENT,
  type Settlement,
  type TaskId,
  type WorkerMessage,
} from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { Disk } from '../disk.ts';
import { CANARY, type Hirers } from '../outside/hirers.ts';
import type { FakeHomeserver, PostedMessage } from '../outside/homeserver.ts';
import type { Arrival, FakeMarketplace } from '../outside/marketplace.ts';
import type { FakeRepositories } from '../outside/repositories.ts';
import type { FakeTaskFolders } from '../outside/task-folders.ts';
import type { OtherWriters } from './other-writers.ts';
import type { PaidAsReviewed } from './paid-as-reviewed.ts';
import type { UploadsOnce } from './uploads-once.ts';

/** States in which a worker that was told has an assignment open. */
const ASSIGNED: ReadonlySet<string> = new Set(['sent', 'acknowledged', 'attention']);
/** States from which a worker is notified. */
const ASSIGNABLE: ReadonlySet<string> = new Set(['staged', 'sent', 'acknowledged']);
/** A read that is older than this is none before a settlement. */
const FRESH_READ_MS = 30_000;
/** Said once about each task folder: a room is cleared, and a worker told to stop, once more where another folder takes its place. */
const OF_A_TASK: ReadonlySet<string> = new Set(['clear', 'stop']);
/** Noted of a message that was sent in time, and arrived when its folder had been given up. */
export const ASSIGNED_LATE = 'assigned a folder that was given up since';
/** Noted of a settlement that was sent in time, and arrived when its attempt had ended and another one ran. */
export const SETTLED_LATE = 'settled by what an earlier attempt sent';

export interface Outsides {
  readonly disk: Disk;
  readonly marketplace: FakeMarketplace;
  readonly homeserver: FakeHomeserver;
  readonly folders: FakeTaskFolders;
  readonly repositories: FakeRepositories;
  readonly hirers: Hirers;
  readonly judged: PaidAsReviewed;
  readonly others: OtherWriters;
  readonly uploads: UploadsOnce;
  /** The token under which a process works on a hiring; undefined when it does not. */
  readonly claimOf: (process: string, hiringId: string) => string | undefined;
  /** Whether a message that arrives was about the task of its attempt when it was sent. */
  readonly wasItsTask: (message: WorkerMessage) => boolean;
  /** When a settlement that arrives was sent. */
  readonly sentAtMsOf: (settlement: Settlement) => number | undefined;
}

/** Whether a message is about the task that its attempt has now. */
export function isItsTask(disk: Disk, { hiringId, attempt, taskId }: WorkerMessage): boolean {
  const now = disk.attempts().find((row) => row.hiringId === hiringId && row.number === attempt);
  return now?.taskId === taskId;
}

/** Watches everything that arrives outside, at the moment in which it does. */
export function watchTheOutside(stage: Stage, outsides: Outsides): void {
  const { disk, marketplace, homeserver, folders, repositories, hirers, judged, others, uploads } = outsides;
  const { claimOf, wasItsTask, sentAtMsOf } = outsides;
  const { violations } = stage;
  const told = new Set<string>();
  const filesById = new Map<string, { readonly name: string; readonly sha256: string }>();
  const paid = new Set<string>();
  const rooms = new Map<string, TaskId>();

  folders.onStaged = ({ hiring, taskId }) => {
    if (hirers.forged.has(hiring.hiringId))
      violations.add('broken', 'no forged hiring reaches a worker', taskId);
  };

  /** A process that was overtaken cannot know it yet; what it does outside is made harmless by keys and ids. */
  function isOvertaken(process: string, hiringId: string): boolean {
    return claimOf(process, hiringId) !== (disk.leaseTokenOf(hiringId) ?? undefined);
  }

  homeserver.onPosted = ({ message, eventId }: PostedMessage, process: string): void => {
    const { hiringId, attempt, purpose, number, taskId, worker } = message;
    const name = `${hiringId} a${attempt} ${purpose} ${number}`;
    stage.trace.note(`posted ${eventId} by ${process}`);
    const ofTask = `${taskId} ${purpose} ${number}`;
    const isLate = isOutOfDate(message);
    if (isLate) stage.trace.note(`${ASSIGNED_LATE}: ${name}`);
    const names = isLate || OF_A_TASK.has(purpose) ? [ofTask] : [ofTask, name];
    if (names.some((one) => told.has(one)))
      violations.add('doubled', 'one message per attempt, purpose and number', name);
    for (const one of names) told.add(one);
    if (hirers.forged.has(hiringId)) violations.add('broken', 'no forged hiring reaches a worker', name);
    if (inspect(message).includes(CANARY)) violations.add('broken', 'no secret is revealed', name);
    const speaks = rooms.get(worker.roomId) ?? taskId;
    rooms.set(worker.roomId, speaks);
    if (stage.scenario.roomPerAttempt && speaks !== taskId) {
      violations.add('broken', 'a room of one attempt hears of no other', name);
    }
    if (purpose !== 'assignment') return;
    const { roomPerAttempt, clearFirst } = stage.scenario;
    if (clearFirst && !roomPerAttempt && !told.has(`${taskId} clear 1`)) {
      violations.add('broken', 'a room that jobs share is cleared before each', name);
    }
    if (!folders.isComplete(taskId)) violations.add('broken', 'told only what was staged', name);
    if (isOvertaken(process, hiringId) || !isAssignable(taskId)) return;
    checkSlots(worker.name, taskId);
  };

  /** True when a message was under way as its folder was given up: its attempt goes on in another, and nobody could hold it back. */
  function isOutOfDate(message: WorkerMessage): boolean {
    return wasItsTask(message) && !isItsTask(disk, message);
  }

  /** False when a process stood still in the midst of telling, until the attempt was over. */
  function isAssignable(taskId: TaskId): boolean {
    return disk.attempts().some((row) => taskId === row.taskId && ASSIGNABLE.has(row.state));
  }

  function checkSlots(worker: string, taskId: TaskId): void {
    const limit = stage.scenario.settings.policy(UNNAMED_AGENT).concurrency;
    const others = disk
      .attempts()
      .filter(
        ({ slotWorker, slotHeld, state }) => slotWorker === worker && slotHeld === 1 && ASSIGNED.has(state),
      )
      .filter((row) => taskId !== row.taskId);
    const open = new Set(
      homeserver.posted
        .filter(({ message }) => message.worker.name === worker && message.purpose === 'assignment')
        .map(({ message }) => message.taskId),
    );
    const busy = others.filter((row) => [...open].some((task) => task === row.taskId));
    if (busy.length >= limit) {
      violations.add(
        'doubled',
        'no worker has more than its open assignments',
        `${worker} was given ${taskId}`,
      );
    }
  }

  marketplace.onSend = (process, hiringId, hasRead) => {
    if (hasRead) return;
    violations.add('doubled', 'a read stands before each settlement', `${hiringId} by ${process}`);
  };

  marketplace.onUpload = (upload, batch) => {
    const { id, name, sha256 } = upload;
    filesById.set(id, { name, sha256 });
    uploads.stored(upload, batch);
  };

  marketplace.onMessage = (hiringId, message) => {
    if (hirers.forged.has(hiringId))
      violations.add('broken', 'nobody is notified of a forged hiring', hiringId);
    if (message.text.includes(CANARY)) violations.add('broken', 'no secret is revealed', hiringId);
  };

  repositories.onPushed = ({ order, sha256, commit }) => {
    stage.trace.note(`pushed ${commit} for ${order.taskId.slice(-7)}`);
    const attempt = disk.attempts().find(({ taskId }) => taskId === order.taskId);
    judged.pushed(order.hiringId, attempt?.number ?? 0, sha256);
    if (!folders.everHeld(order.taskId, sha256)) {
      violations.add('broken', 'what is pushed is what the worker delivered for this attempt', order.taskId);
    }
    if (order.summary.includes(CANARY)) violations.add('broken', 'no secret is revealed', order.hiringId);
  };

  marketplace.onArrival = (arrival: Arrival): void => {
    const { hiringId, settlement, applies, process } = arrival;
    const name = `${hiringId} ${settlement.endpoint} g${settlement.generation} by ${process}`;
    const stored = disk.settlements(hiringId).find((row) => row.idempotencyKey === settlement.idempotencyKey);
    if (stored === undefined || stored.body !== settlement.body) {
      violations.add('doubled', 'a settlement is stored before it is sent', name);
    }
    if (settlement.body.includes(CANARY)) violations.add('broken', 'no secret is revealed', name);
    if (hirers.forged.has(hiringId)) violations.add('broken', 'no forged hiring is settled', name);
    const output = settlement.endpoint === 'result' ? outputOf(settlement.body) : undefined;
    const from = output?.text;
    const attempt = disk
      .attempts()
      .find((row) => row.hiringId === hiringId && row.number === stored?.attempt);
    if (output !== undefined) {
      const { text } = output;
      const files = output.artifacts.flatMap((id) => filesById.get(id) ?? []);
      const isPushed = output.commits.length > 0;
      judged.paid(hiringId, stored?.attempt ?? 0, { text, files, isPushed }, stage.scenario.asksForYes);
      const taskId = taskIdSchema.optional().parse(attempt?.taskId);
      if (taskId !== undefined) others.paid(taskId, { text, files }, name);
      const isOwn =
        taskId !== undefined &&
        folders.wasDelivered(taskId, text) &&
        files.every(({ sha256 }) => folders.everHeld(taskId, sha256));
      if (!isOwn) violations.add('broken', 'a result is what the worker delivered for this attempt', name);
    }
    for (const commit of output?.commits ?? []) {
      if (!repositories.has(commit))
        violations.add('broken', 'a result names only commits that the repository has', name);
    }
    for (const id of output?.artifacts ?? []) {
      if (arrival.listing?.artifacts.has(id) !== true) {
        violations.add('broken', 'a result names only files that the marketplace has', name);
      }
    }
    // Beside files or commits it is an answer.
    const isAlone = output?.artifacts.length === 0 && output.commits.length === 0;
    if (from === 'Done.' && isAlone) violations.add('broken', 'no placeholder is settled', name);
    checkStanding(arrival, name, stored?.attempt ?? 0);
    if (!applies) return;
    const once = `${hiringId} ${arrival.listing?.traceAttempt}`;
    if (paid.has(once)) violations.add('doubled', 'one settlement per attempt', name);
    paid.add(once);
  };

  /** Nothing is settled that this process was shown to be over, or to be run again since. */
  function checkStanding(arrival: Arrival, name: string, attempt: number): void {
    const { listing, shown, applies, settlement } = arrival;
    if (listing === undefined) {
      violations.add('broken', 'only hirings that exist are settled', name);
      return;
    }
    // From when on the request is under way nobody can hold it back, whatever is shown meanwhile.
    const sentAtMs = sentAtMsOf(settlement) ?? stage.timeline.nowMs;
    const lastShown = shown.findLast(({ atMs }) => atMs <= sentAtMs);
    const isFresh = lastShown !== undefined && sentAtMs - lastShown.atMs <= FRESH_READ_MS;
    if (lastShown !== undefined && ['cancelled', 'disputed', 'refunded'].includes(lastShown.status)) {
      violations.add('broken', 'nothing cancelled or disputed is settled', name);
    }
    if (applies && listing.traceAttempt !== attempt) {
      // Between a read and what it allows lies a moment in which a hirer may do anything.
      const raced = isFresh && lastShown.traceAttempt === attempt;
      if (raced) stage.trace.note(`${SETTLED_LATE}: ${name}`);
      else violations.add('broken', 'a result of one attempt never settles another', name);
    }
  }
}

const resultSchema = z.object({
  output: z.object({
    text: z.string().default(''),
    artifacts: z.array(z.string()).default([]),
    commits: z.array(z.string()).default([]),
  }),
});

/** What a result says; where something was pushed, its text ends with that. */
function outputOf(body: string): z.infer<typeof resultSchema>['output'] {
  const { output } = resultSchema.parse(JSON.parse(body));
  if (output.commits.length === 0) return output;
  return { ...output, text: output.text.slice(0, output.text.lastIndexOf('\n\nPushed to branch ')) };
}
