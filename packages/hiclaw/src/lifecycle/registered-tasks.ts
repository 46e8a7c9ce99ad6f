import { TASK_ID_SOURCE, type Clock, type TaskId, type WorkerAddress } from '@agrenting-hiclaw/core/domain';
import { runCommand } from '../run-command.ts';

export interface RegisteredTask {
  readonly taskId: TaskId;
  readonly worker: WorkerAddress;
}

export interface TaskRegistrarOptions {
  /** The Manager's `manage-state.sh` and how it is reached; never given to a shell. */
  readonly command: readonly [string, ...string[]];
  /** All that the program sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What workers have before them now. */
  readonly open: () => Promise<readonly RegisteredTask[]>;
  readonly clock: Clock;
  readonly report?: ((problem: string) => void) | undefined;
  /** From one look to the next. Default 60,000: an idle worker is stopped after hours (HiClaw reference, 6.1). */
  readonly everyMs?: number | undefined;
}

const TIMEOUT_MS = 60_000;
// bounded: by TASK_ID_SOURCE
const OURS = new RegExp(`\\b${TASK_ID_SOURCE}\\b`, 'g');
/** No words of a hirer: the Manager's model reads them. */
const TITLE = 'Task of the Agrenting marketplace; ask its worker nothing about it';

/**
 * Keeps the Manager's `state.json` in step with what workers have before them, until the signal aborts: a worker with
 * no task in there is stopped as idle, and may be at work (HiClaw reference, 2.7 and 9). Never rejects.
 */
export async function keepTasksRegistered(options: TaskRegistrarOptions, signal: AbortSignal): Promise<void> {
  const { clock, report, everyMs = 60_000 } = options;
  while (!signal.aborted) {
    const problem = await bringIntoStep(options, signal).catch((error: unknown) =>
      error instanceof Error ? error.message : 'unknown',
    );
    if (problem !== undefined && !signal.aborted) report?.(`the Manager's list of tasks: ${problem}`);
    await clock.sleep(everyMs, signal);
  }
}

async function bringIntoStep(
  { command, environment, open }: TaskRegistrarOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [program, ...first] = command;
  const run = async (...more: readonly string[]) =>
    await runCommand({ program, arguments: [...first, ...more], environment, timeoutMs: TIMEOUT_MS, signal });

  const listed = await run('--action', 'list');
  if (listed.kind === 'failed') return listed.problem;
  if (listed.exitCode !== 0) return `${program} ended with ${listed.exitCode}`;
  const known = new Set(listed.output.match(OURS));
  const tasks = await open();
  const calls: (readonly string[])[] = [];
  for (const { taskId, worker } of tasks) {
    if (known.has(taskId)) continue;
    const task = ['--task-id', taskId, '--title', TITLE];
    calls.push(['--action', 'add-finite', ...task, '--assigned-to', worker.name, '--room-id', worker.roomId]);
  }
  const wanted = new Set<string>(tasks.map(({ taskId }) => taskId));
  for (const taskId of known) {
    if (!wanted.has(taskId)) calls.push(['--action', 'complete', '--task-id', taskId]);
  }
  for (const call of calls) {
    const done = await run(...call);
    if (done.kind === 'failed') return done.problem;
    if (done.exitCode !== 0) return `${program} ${call[1] ?? ''} ended with ${done.exitCode}`;
  }
  return undefined;
}
