import { CommandOutput, readOptions, type CommandResult } from './command.ts';
import type { ActiveTask, HomeFiles } from './home-files.ts';

const names = [
  '--action',
  '--task-id',
  '--title',
  '--assigned-to',
  '--room-id',
  '--project-room-id',
  '--delegated-to-team',
  '--schedule',
  '--timezone',
  '--next-scheduled-at',
];

const required: Readonly<Record<string, readonly string[]>> = {
  init: [],
  'add-finite': ['--task-id', '--title', '--assigned-to', '--room-id'],
  'add-infinite': [
    '--task-id',
    '--title',
    '--assigned-to',
    '--room-id',
    '--schedule',
    '--timezone',
    '--next-scheduled-at',
  ],
  complete: ['--task-id'],
  executed: ['--task-id', '--next-scheduled-at'],
  'set-admin-dm': ['--room-id'],
  list: [],
};

/** `manage-state.sh`: keeps state.json, which the heartbeat and the idle check go by (HiClaw reference, 2.7). */
export const manageState = (argv: readonly string[], files: HomeFiles): CommandResult => {
  const output = new CommandOutput();
  const read = readOptions(argv, names);
  if ('unknown' in read) {
    output.writeError(`Unknown argument: ${read.unknown}`);
    return output.exit(1);
  }
  const option = (name: string): string => read.options.get(name) ?? '';
  const action = option('--action');
  const needed = required[action];
  if (action === '' || needed === undefined) {
    const known = Object.keys(required).join(', ');
    output.writeError(
      action === ''
        ? `Usage: manage-state.sh --action <${known}> [options]`
        : `ERROR: Unknown action '${action}'. Use: ${known}`,
    );
    return output.exit(1);
  }
  const missing = needed.filter((name) => option(name) === '');
  if (missing.length > 0) {
    output.writeError(`ERROR: missing required arguments for '${action}': ${missing.join(' ')}`);
    return output.exit(1);
  }
  files.init();
  output.print(perform(action, option, files));
  return output.exit(0);
};

const perform = (action: string, option: (name: string) => string, files: HomeFiles): string => {
  const id = option('--task-id');
  const known = files.state().active_tasks.find((task) => task.task_id === id);
  switch (action) {
    case 'add-finite':
    case 'add-infinite': {
      if (known !== undefined) return `SKIP: task ${id} already in active_tasks`;
      const isFinite = action === 'add-finite';
      const task = isFinite ? finiteTask(option) : infiniteTask(option);
      files.changeState((tasks) => [...tasks, task]);
      const assigned = `assigned to ${option('--assigned-to')}`;
      return isFinite
        ? `OK: added finite task ${id} "${option('--title')}" (${assigned})`
        : `OK: added infinite task ${id} "${option('--title')}" (${assigned}, next: ${option('--next-scheduled-at')})`;
    }
    case 'complete':
      if (known === undefined) return `SKIP: task ${id} not found in active_tasks`;
      files.changeState((tasks) => tasks.filter((task) => task.task_id !== id));
      return `OK: removed task ${id} from active_tasks`;
    case 'executed': {
      if (known?.type !== 'infinite') return `WARN: infinite task ${id} not found in active_tasks`;
      const [executed, next] = [files.now(), option('--next-scheduled-at')];
      files.changeState((tasks) =>
        tasks.map((task) =>
          task.task_id === id ? { ...task, last_executed_at: executed, next_scheduled_at: next } : task,
        ),
      );
      return `OK: updated infinite task ${id} (last_executed_at=${executed}, next_scheduled_at=${next})`;
    }
    case 'set-admin-dm':
      files.changeState((tasks) => tasks, option('--room-id'));
      return `OK: admin_dm_room_id set to ${option('--room-id')}`;
    case 'list':
      return list(files);
    default:
      return `OK: state.json ready at ${files.statePath}`;
  }
};

const finiteTask = (option: (name: string) => string): ActiveTask => ({
  task_id: option('--task-id'),
  title: option('--title'),
  type: 'finite',
  assigned_to: option('--assigned-to'),
  room_id: option('--room-id'),
  ...(option('--project-room-id') === '' ? {} : { project_room_id: option('--project-room-id') }),
  ...(option('--delegated-to-team') === '' ? {} : { delegated_to_team: option('--delegated-to-team') }),
});

const infiniteTask = (option: (name: string) => string): ActiveTask => ({
  task_id: option('--task-id'),
  title: option('--title'),
  type: 'infinite',
  assigned_to: option('--assigned-to'),
  room_id: option('--room-id'),
  schedule: option('--schedule'),
  timezone: option('--timezone'),
  last_executed_at: null,
  next_scheduled_at: option('--next-scheduled-at'),
});

const list = (files: HomeFiles): string => {
  const state = files.state();
  const head = `Admin DM room: ${state.admin_dm_room_id ?? 'null'}`;
  if (state.active_tasks.length === 0) return `${head}\nNo active tasks.`;
  const lines = state.active_tasks.map(
    (task) =>
      `  ${task.task_id}  type=${task.type}  worker=${task.assigned_to}  title="${task.title ?? '-'}"`,
  );
  return [head, ...lines, `Total: ${lines.length} active task(s). Updated: ${state.updated_at}`].join('\n');
};
