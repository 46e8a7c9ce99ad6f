import type { RunningHiclaw } from '@agrenting-hiclaw/sandbox/hiclaw';
import { z } from 'zod';
import type { StageClock } from './stage-clock.ts';

const assignment = z.object({
  type: z.literal('m.room.message'),
  content: z.object({
    'com.agrenting.purpose': z.literal('assignment'),
    'com.agrenting.task_id': z.string(),
    'com.agrenting.number': z.number(),
  }),
});

/** How long it takes to say that it has a task, and to do it. */
const RECEIVES_MS = 2_000;
const WORKS_MS = 60_000;

/**
 * A worker that does each task once, by the clock of the stage. It is next to its homeserver and storage, so that no outage
 * on our way to them keeps it from its work.
 */
export class ScriptedWorker {
  readonly #hiclaw: RunningHiclaw;
  readonly #clock: StageClock;
  readonly #known = new Set<string>();
  #seen = 0;
  /** Every assignment that is in its room, as `task id/number`. */
  readonly assignments: string[] = [];

  constructor(hiclaw: RunningHiclaw, clock: StageClock) {
    this.#hiclaw = hiclaw;
    this.#clock = clock;
  }

  /** Hears what was said in its room since it last looked. */
  look(): void {
    const { roomId } = this.#hiclaw.worker('alice');
    const timeline = this.#hiclaw.timeline(roomId);
    for (const event of timeline.slice(this.#seen)) {
      const { content } = assignment.safeParse(event).data ?? {};
      if (content === undefined) continue;
      const { 'com.agrenting.task_id': taskId, 'com.agrenting.number': number } = content;
      this.assignments.push(`${taskId}/${number}`);
      if (this.#known.has(taskId)) continue;
      this.#known.add(taskId);
      this.#clock.after(RECEIVES_MS, () => this.#say(`I have task ${taskId} and begin.`));
      this.#clock.after(RECEIVES_MS + WORKS_MS, () => this.#deliver(taskId));
    }
    this.#seen = timeline.length;
  }

  #deliver(taskId: string): void {
    const folder = `shared/tasks/${taskId}`;
    this.#hiclaw.put(`${folder}/notes.txt`, 'Autumn waves are grey, and they fold before they fall.\n');
    this.#hiclaw.put(`${folder}/change.patch`, PATCH);
    this.#hiclaw.put(
      `${folder}/result.md`,
      'Grey waves fold and fall\nbehind them the autumn sea\nkeeps its own slow time\n',
    );
    this.#say(`${this.#hiclaw.homeserver.adapter.userId} TASK_COMPLETED: ${taskId} - a haiku of the sea`);
  }

  #say(body: string): void {
    const { userId, roomId } = this.#hiclaw.worker('alice');
    this.#hiclaw.say(userId, roomId, { msgtype: 'm.text', body });
  }
}

/** What the repository on the stage holds, and what the worker makes of it. */
export const REPOSITORY_FILES = { 'sea.txt': 'The sea\n' };
const PATCH = `diff --git a/sea.txt b/sea.txt
--- a/sea.txt
+++ b/sea.txt
@@ -1 +1,2 @@
 The sea
+keeps its own slow time
`;
