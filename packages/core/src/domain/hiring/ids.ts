import { createHash } from 'node:crypto';
import { z } from 'zod';

/**
 * Ids are parsed before they touch a path, an object key or a URL. The marketplace's own examples
 * are no RFC 9562 UUIDs (adapter page, H), so any version and variant is taken: 8-4-4-4-12 hex,
 * kept in lower case so that one hiring has one spelling.
 */
const uuid = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'expected a UUID (8-4-4-4-12 hex digits)')
  .transform((text) => text.toLowerCase());

export const hiringIdSchema = uuid.brand<'HiringId'>();
export const agentIdSchema = uuid.brand<'AgentId'>();

/** Identifies one hiring on the marketplace; the same over all of its attempts. */
export type HiringId = z.infer<typeof hiringIdSchema>;
/** Identifies one listing (agent) on the marketplace. */
export type AgentId = z.infer<typeof agentIdSchema>;

/** Stands for the agent of a hiring that was heard without one; the read that confirms it says whose it is. */
export const UNNAMED_AGENT: AgentId = agentIdSchema.parse('00000000-0000-0000-0000-000000000000');

/** Hexadecimal digits at the end of a task id that nobody can guess: 96 bits. */
export const NONCE_DIGITS = 24;

/** What a task id looks like, as the source of a regular expression. */
export const TASK_ID_SOURCE = `agrenting-[0-9a-f-]{36}-a\\d{1,9}-[0-9a-f]{${NONCE_DIGITS}}`;

/** A task id as it appears in stored rows and in our own messages. */
export const taskIdSchema = z
  .string()
  // bounded: by TASK_ID_SOURCE
  .regex(new RegExp(`^${TASK_ID_SOURCE}$`))
  .brand<'TaskId'>();

/** Names the task folder of one attempt: `shared/tasks/<task id>/`. */
export type TaskId = z.infer<typeof taskIdSchema>;

/**
 * The task id of one attempt. A task id is never used again for other content, because deletions
 * do not travel through HiClaw's mirrors (HiClaw reference, 2.8), so the attempt is part of it. The
 * prefix lets a storage policy name exactly our folders (HiClaw reference, 5). The nonce keeps others
 * who may write to shared storage from having anything there before we have. It is made once, by
 * `TaskIds`, and is stored with the attempt: nobody derives a task id again.
 */
export function taskIdOf(hiringId: HiringId, attempt: number, nonce: string): TaskId {
  return taskIdSchema.parse(`agrenting-${hiringId}-a${attempt}-${nonce}`);
}

/** True when a task id was made for this attempt. */
export function isTaskOf(taskId: TaskId, hiringId: HiringId, attempt: number): boolean {
  return taskId.startsWith(`agrenting-${hiringId}-a${attempt}-`);
}

/**
 * Gives the task id for a new attempt, or for one whose task id was given up `renewal` times. Nobody without the key of
 * the store can know one before it is used.
 */
export type TaskIds = (hiringId: HiringId, attempt: number, renewal: number) => TaskId;

/** What a message to a worker is for. With its number it makes one message of one attempt. */
export type MessagePurpose = 'assignment' | 'stop' | 'clear' | 'message' | 'no-answer';

/** Beside those to a worker, one to the Manager. */
export type TransactionPurpose = MessagePurpose | 'manager';

/**
 * The Matrix transaction id of one message: the same message sent twice is the same event
 * (HiClaw reference, 3; design rule 2).
 */
export function transactionIdOf(taskId: TaskId, purpose: TransactionPurpose, number: number): string {
  return `${taskId}-${purpose}-${number}`;
}

/**
 * The idempotency key of one settlement (Agrenting API reference, 13.3). A new generation is opened
 * only after a read has shown that the hiring is still active.
 */
export function idempotencyKeyOf(
  hiringId: HiringId,
  attempt: number,
  endpoint: 'result' | 'failure',
  generation: number,
): string {
  const digest = createHash('sha256')
    .update(`${hiringId}/${attempt}/${endpoint}/${generation}`)
    .digest('hex');
  return `agrenting-hiclaw-${digest.slice(0, 40)}`;
}
