import type { JobTools } from './tools.ts';

/** A task that a worker has before it. */
export interface Task {
  readonly taskId: string;
  /** Its folder, as in the bucket. */
  readonly folder: string;
  readonly spec: string;
  /** Who sent the assignment. */
  readonly sender: string;
}

export interface Submission {
  readonly status: 'SUCCESS' | 'BLOCKED';
  readonly summary: string;
  /** In the task's folder. */
  readonly deliverables: readonly string[];
  /** The text of the result; undefined where the worker writes none. */
  readonly result: string | undefined;
}

/** How a runtime takes up a task and hands it in (HiClaw reference, 2.4 to 2.6). */
export interface TaskProtocol {
  /** Whether plan.md and a progress log come before the work. */
  readonly plans: boolean;
  /** Whom it reports to where neither spec nor message says so. */
  readonly reportsTo: 'manager' | 'sender';
  /** Takes it up; gives why it cannot. */
  acknowledge(task: Task, tools: JobTools): Promise<string | undefined>;
  /** Writes the result as the runtime does; the files lie on its disk already. */
  submit(task: Task, submission: Submission, tools: JobTools): Promise<void>;
  /** What it says behind the marker. */
  completionText(taskId: string, summary: string, wantsId: boolean): string;
}

/** Uploads a task's folder, without what a worker only reads. */
export async function pushTask(
  { folder }: Pick<Task, 'folder'>,
  { machine, objects }: JobTools,
): Promise<void> {
  await machine.disk.push(
    objects,
    folder,
    (key) => key === `${folder}spec.md` || key.startsWith(`${folder}base/`),
  );
}
