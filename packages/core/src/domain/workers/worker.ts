import type { HiringId, TaskId } from '../hiring/ids.ts';

/** A worker and where to reach it. */
export interface WorkerAddress {
  /** HiClaw's name for it: the local part of its Matrix id (HiClaw reference, 3.1). */
  readonly name: string;
  /** Full Matrix id, such as `@alice:matrix-local.hiclaw.io:18080`. */
  readonly userId: string;
  /** Where it is spoken to: its own room, or that of one attempt. Room ids may have no server part and are case-sensitive. */
  readonly roomId: string;
}

/** One attempt, and the worker that has it. */
export interface WorkerTask {
  readonly worker: WorkerAddress;
  readonly hiringId: HiringId;
  readonly attempt: number;
  readonly taskId: TaskId;
}
