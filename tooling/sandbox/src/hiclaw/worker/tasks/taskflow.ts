import { z } from 'zod';
import type { JobTools } from './tools.ts';
import { parseJson } from './parse-json.ts';
import { pushTask, type Task, type TaskProtocol } from './protocol.ts';

const text = z.string();
/** Every write serialises these fields and no others: what else stood there is lost. */
const taskMeta = z.object({
  task_id: text,
  project_id: text,
  task_title: text,
  assigned_to: text,
  room_id: text.optional(),
  status: text.default('assigned'),
  depends_on: z.array(text).default([]),
  assigned_at: text.optional(),
  acknowledged_at: text.optional(),
  submitted_at: text.optional(),
  event_id: text.optional(),
});
type TaskMeta = z.output<typeof taskMeta>;
const REQUIRED = ['task_id', 'project_id', 'task_title', 'assigned_to'] as const;

/** CoPaw's taskflow of HiClaw 1.1.2 to 1.2 (HiClaw reference, 2.5). */
export const taskflow: TaskProtocol = {
  plans: false,
  reportsTo: 'sender',
  acknowledge(task, tools) {
    return changing(task, tools, async (meta) => {
      if (canonical(meta.assigned_to) !== tools.machine.name)
        return `task is assigned to ${meta.assigned_to}`;
      if (meta.room_id === undefined || meta.room_id === '') return 'room_id is missing';
      write(task, tools, { ...meta, status: 'in_progress', acknowledged_at: now(tools) });
      await pushTask(task, tools);
      return undefined;
    });
  },
  async submit(task, { status, summary, deliverables }, tools) {
    const { disk } = tools.machine;
    const lines = [
      `STATUS: ${status}`,
      `SUMMARY: ${summary.replaceAll(/\s+/g, ' ')}`,
      'DELIVERABLES:',
      ...deliverables.map((path) => `- ${task.folder}${path}`),
    ];
    disk.write(`${task.folder}result.md`, `${lines.join('\n')}\n`);
    await changing(task, tools, async (meta) => {
      write(task, tools, { ...meta, status: 'submitted', submitted_at: now(tools) });
      await pushTask(task, tools);
      return undefined;
    });
  },
  completionText: (taskId, summary) => `${taskId} - ${summary}. Result: shared/tasks/${taskId}/result.md`,
};

async function changing(
  task: Task,
  { machine }: JobTools,
  change: (meta: TaskMeta) => Promise<string | undefined>,
): Promise<string | undefined> {
  const stored = z
    .record(z.string(), z.unknown())
    .safeParse(parseJson(machine.disk.read(`${task.folder}meta.json`)));
  if (!stored.success) return 'taskflow failed: meta.json is missing';
  const missing = REQUIRED.find((name) => typeof stored.data[name] !== 'string');
  if (missing !== undefined) return `taskflow failed: '${missing}'`;
  return await change(taskMeta.parse(stored.data));
}

function write(task: Task, { machine }: JobTools, meta: TaskMeta): void {
  machine.disk.write(`${task.folder}meta.json`, `${JSON.stringify(meta, undefined, 2)}\n`);
}

const canonical = (assignedTo: string): string => assignedTo.replace(/^@/, '').replace(/:.*$/, '');
const now = ({ machine }: JobTools): string => new Date(machine.clock.now()).toISOString();
