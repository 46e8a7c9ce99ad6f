import { z } from 'zod';

const workDurationMs = z.int().nonnegative().optional();
const path = z.string().regex(/^\w[\w./-]*$/);
/** A file in the task's folder: a text, bytes in base64, or so many bytes of nothing in particular. */
const file = z.union([
  z.strictObject({ path, text: z.string() }),
  z.strictObject({ path, base64: z.base64() }),
  z.strictObject({
    path,
    sizeBytes: z
      .int()
      .min(0)
      .max(256 * 1024 * 1024),
  }),
]);
export type DeliveredFile = z.output<typeof file>;

/**
 * How a worker treats a job (HiClaw reference, 10.5). Every kind acknowledges first (receipt, typing, a short
 * message) unless it says otherwise.
 */
export const behaviourSchema = z.discriminatedUnion('kind', [
  /**
   * Does the job. `result` replaces the text of result.md, `files` lie beside it; `again` does a job whose result is
   * there once more, also where the spec forbids it.
   */
  z.object({
    kind: z.literal('complete'),
    workDurationMs,
    result: z.string().optional(),
    summary: z.string().optional(),
    files: z.array(file).optional(),
    again: z.boolean().optional(),
    /** False: it writes files and no result.md, as a QwenPaw worker may (HiClaw reference, 2.6). */
    resultFile: z.boolean().optional(),
    /** Said before the work, `{coordinator}` being the Matrix id that it reports to, and `{task}` the task id. */
    remarks: z.array(z.string()).optional(),
  }),
  /** Says BLOCKED and writes result.md with STATUS: BLOCKED. */
  z.object({
    kind: z.literal('fail'),
    reason: z.string().default('the sandbox was told to fail'),
    workDurationMs,
  }),
  /** Acknowledges, and then nothing. */
  z.object({ kind: z.literal('silent') }),
  /** Its token is revoked: at once, or in the middle of its next job. It goes on running and hears nothing. */
  z.object({ kind: z.literal('disconnected'), when: z.enum(['now', 'at-work']).default('now') }),
  /** Says TASK_COMPLETED without having written a result. */
  z.object({ kind: z.literal('claim-without-result'), workDurationMs }),
  /** Writes its result and does not say so. */
  z.object({ kind: z.literal('result-without-claim'), workDurationMs }),
  /** Completes with a result that is none; an empty text is an empty file. */
  z.object({ kind: z.literal('placeholder'), text: z.string().default('TODO'), workDurationMs }),
  /** Says a model's error in the room, mentions nobody, writes nothing. */
  z.object({
    kind: z.literal('error-text'),
    text: z.string().default('Error: model request failed with status 500'),
    workDurationMs,
  }),
  /** Asks before it works; the next message that wakes it in that room is the answer. */
  z.object({
    kind: z.literal('question'),
    text: z.string().default('Which language should the result be in?'),
  }),
  /** Does another task than it was given, and reports that. */
  z.object({
    kind: z.literal('other-task'),
    taskId: z.string().regex(/^[\w-]+$/),
    workDurationMs,
  }),
  /** Its process dies: after plan and progress, or with half of what it was to deliver in storage. */
  z.object({
    kind: z.literal('crash'),
    at: z.enum(['work', 'half-delivered']).default('work'),
    workDurationMs,
  }),
]);

export type Behaviour = z.output<typeof behaviourSchema>;
export type BehaviourInput = z.input<typeof behaviourSchema>;
export type BehaviourScope = 'always' | 'next-job';

/** What a worker was told about its jobs: once for each job first, then for all. */
export class Behaviours {
  #always: Behaviour = { kind: 'complete' };
  #nextJobs: Behaviour[] = [];

  set(behaviour: Behaviour, scope: BehaviourScope): void {
    if (scope === 'always') this.#always = behaviour;
    else this.#nextJobs.push(behaviour);
  }

  get always(): Behaviour {
    return this.#always;
  }

  takeForJob(): Behaviour {
    return this.#nextJobs.shift() ?? this.#always;
  }
}
