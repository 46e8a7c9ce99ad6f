import { type TaskAtWorker, tasksAtWorkers, counted } from '@agrenting-hiclaw/core/domain';
import type { MappedWorker, ObjectStore } from '@agrenting-hiclaw/hiclaw';
import type { Configuration } from '@agrenting-hiclaw/runtime';
import { isAdapterRunning } from '../hirings/adapter-running.ts';
import { openExistingStore } from '../open-store.ts';
import { failed, ok, skipped, warning, type Check, type Finding } from './check.ts';

/** What a worker reads of a task folder. */
const NEEDED = ['spec.md', 'meta.json'] as const;

/** What workers have before them now: whether they show that they have it, and whether its files are there (adapter page, G2 and G4). */
export function workChecks(
  configuration: Configuration,
  workers: readonly MappedWorker[],
  store: ObjectStore,
): readonly Check[] {
  let read: Promise<readonly TaskAtWorker[] | undefined> | undefined;
  const open = async (): Promise<readonly TaskAtWorker[] | undefined> =>
    await (read ??= openTasks(configuration));
  return [
    { name: 'processes', look: async () => await lookAtProcesses(configuration) },
    ...workers.map(({ name }): Check => ({
      name: `work ${name}`,
      async look() {
        const tasks = (await open())?.filter(({ worker }) => worker.name === name);
        return tasks === undefined ? skipped('no store yet') : lookAtWork(configuration, name, tasks);
      },
    })),
    {
      name: 'task-files',
      asks: 'storage',
      // Two requests for each open task.
      takesLong: true,
      async look() {
        const tasks = await open();
        return tasks === undefined ? skipped('no store yet') : await lookAtFiles(store, tasks);
      },
    },
  ];
}

async function openTasks(configuration: Configuration): Promise<readonly TaskAtWorker[] | undefined> {
  const store = await openExistingStore(configuration).catch(() => undefined);
  if (store === undefined) return undefined;
  try {
    return await tasksAtWorkers(store);
  } finally {
    await store.close();
  }
}

const START = 'Start it: `agrenting-hiclaw up`, or its service.';

/** Whether anything works on the hirings at all. */
async function lookAtProcesses(configuration: Configuration): Promise<Finding> {
  const store = await openExistingStore(configuration).catch(() => undefined);
  if (store === undefined) return skipped('no store yet');
  try {
    if (await isAdapterRunning(store)) return ok('the adapter is running');
    const open = (await store.overview.open()).reduce((sum, { count }) => sum + count, 0);
    return open === 0
      ? skipped(`the adapter is not running, and no hiring is open. ${START}`)
      : failed(`the adapter is not running, and ${counted(open, 'hiring is', 'hirings are')} open`, START);
  } finally {
    await store.close();
  }
}

const DEFAULT_PATIENCE_SECONDS = 120;

function lookAtWork({ timing }: Configuration, name: string, tasks: readonly TaskAtWorker[]): Finding {
  const patienceMs = (timing.acknowledgeSeconds ?? DEFAULT_PATIENCE_SECONDS) * 1_000;
  const silent = tasks.filter(({ attempt }) => {
    const sentAtMs = attempt.progress.messages.at(-1)?.sentAtMs ?? 0;
    const activityAtMs = attempt.progress.lastActivityAtMs ?? 0;
    return activityAtMs < sentAtMs && Date.now() - sentAtMs > patienceMs;
  });
  if (tasks.length === 0) return ok('it has no open task');
  if (silent.length === 0) return ok(`it shows activity for its tasks (${tasks.length} open)`);
  const detail = silent
    .map(({ record: { hiringId }, attempt }) => {
      const { messages } = attempt.progress;
      const at = new Date(messages.at(-1)?.sentAtMs ?? 0).toISOString();
      return `it was notified of hiring ${hiringId} ${messages.length} times, last at ${at}, and shows no activity`;
    })
    .join('; ');
  const remedy = `Check that it runs (\`doctor --start\`), that it listens to the adapter (\`doctor --mc …\`) and that its token is valid (\`tokens check\`). \`workers restart ${name}\` fixes a worker that no longer reads messages; it is notified again automatically.`;
  return failed(detail, remedy);
}

async function lookAtFiles(store: ObjectStore, tasks: readonly TaskAtWorker[]): Promise<Finding> {
  const missing: string[] = [];
  const hirings = new Set<string>();
  for (const { record, attempt } of tasks) {
    for (const name of NEEDED) {
      const key = `shared/tasks/${attempt.taskId}/${name}`;
      const found = await store.stat(key);
      if (found.kind === 'object') continue;
      if (found.kind !== 'absent') return warning(found.problem, 'See the check `storage`.');
      missing.push(key);
      hirings.add(record.hiringId);
    }
  }
  if (missing.length === 0) return ok(`the files of ${tasks.length} tasks are in storage`);
  const retries = [...hirings].map((id) => `\`agrenting-hiclaw hirings retry ${id}\``).join(', ');
  return failed(
    `${missing.join(', ')} is not in storage any more`,
    `When the hiring is in state attention, ${retries} writes the folder again and asks the worker to file-sync. Check who can delete in shared/tasks.`,
  );
}
