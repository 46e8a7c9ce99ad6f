import type { TaskId } from '@agrenting-hiclaw/core/domain';
import type { Stage } from '../crash-points.ts';
import type { FakeHomeserver } from '../outside/homeserver.ts';
import { digestOf, type FakeTaskFolders } from '../outside/task-folders.ts';

/** A look at the room may be so much older than the message that followed it: two slow calls. */
const ROOM_SLACK_MS = 60_000;

/** What of a settlement is looked at: its words, and the SHA-256 of each file that it names. */
export interface Paid {
  readonly text: string;
  readonly files: readonly { readonly sha256: string }[];
}

/**
 * Knows what other workers put into task folders, and what processes saw of it and remembered. What was seen before the
 * rightful worker showed any activity is paid to nobody; nor is what was delivered after our own words were changed; and
 * where a report has to name the result, nothing that another worker wrote is a result at all.
 */
export class OtherWriters {
  readonly #stage: Stage;
  readonly #folders: FakeTaskFolders;
  readonly #homeserver: FakeHomeserver;
  /** What a process saw in its present step, before the worker came. */
  readonly #listed = new Map<string, Set<string>>();
  readonly #seenBefore = new Set<string>();

  constructor(stage: Stage, folders: FakeTaskFolders, homeserver: FakeHomeserver) {
    this.#stage = stage;
    this.#folders = folders;
    this.#homeserver = homeserver;
  }

  /** A process restarts a step: what it saw and did not store is forgotten. */
  claimed(process: string, taskId: TaskId): void {
    this.#listed.delete(`${process} ${taskId}`);
  }

  /** A process was shown what lies in a folder, and what its marker says. */
  looked(process: string, taskId: TaskId): void {
    if (this.#hasCome(taskId)) return;
    const listed = this.#listed.get(`${process} ${taskId}`) ?? new Set();
    for (const text of this.#folders.textsIn(taskId)) if (this.#folders.foreign.has(text)) listed.add(text);
    this.#listed.set(`${process} ${taskId}`, listed);
  }

  /** A process stored what it remembers of an attempt. */
  committed(process: string, taskId: TaskId): void {
    for (const text of this.#listed.get(`${process} ${taskId}`) ?? []) this.#seenBefore.add(text);
  }

  /** A result arrives at the marketplace. */
  paid(taskId: TaskId, { text, files }: Paid, name: string): void {
    const { violations, scenario } = this.#stage;
    const digests = new Set(files.map(({ sha256 }) => sha256));
    const planted = [...this.#seenBefore].find((seen) => seen === text || digests.has(digestOf(seen)));
    if (planted !== undefined) {
      const rule = 'what was seen before its worker came is paid to nobody';
      violations.add('broken', rule, `${name}: ${planted}`);
    }
    const alteredSinceMs = this.#folders.alteredSinceMs(taskId) ?? Infinity;
    const firstAtMs = this.#folders.firstAtMs(taskId, text);
    if (firstAtMs !== undefined && alteredSinceMs <= firstAtMs) {
      violations.add('broken', 'what was delivered after our words were changed is held', name);
    }
    if (scenario.digests === 'required' && this.#folders.foreign.has(text)) {
      violations.add('broken', 'a result is the one that its worker reported', `${name}: ${text}`);
    }
  }

  /** Whether the worker showed any activity so far in the room in which it was told of a task, by the true time: clocks are set. */
  #hasCome(taskId: TaskId): boolean {
    const told = this.#homeserver.posted.find(
      ({ message }) => message.taskId === taskId && message.purpose === 'assignment',
    );
    if (told === undefined) return false;
    const { roomId, userId } = told.message.worker;
    const fromMs = told.trueAtMs - ROOM_SLACK_MS;
    return this.#homeserver.trueActivities.some(
      (one) => one.roomId === roomId && one.userId === userId && one.trueAtMs >= fromMs,
    );
  }
}
