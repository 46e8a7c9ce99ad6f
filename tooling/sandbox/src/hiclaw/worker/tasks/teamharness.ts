import { z } from 'zod';
import type { JobTools } from './tools.ts';
import { parseJson } from './parse-json.ts';
import { pushTask, type Task, type TaskProtocol } from './protocol.ts';

const TERMINAL: ReadonlySet<string> = new Set(['completed', 'revision', 'blocked', 'cancelled']);
const metaSchema = z.record(z.string(), z.unknown());
const MAX_PUBLISHED_BYTES = 1024 * 1024;

/** TeamHarness' taskflow of QwenPaw workers, 1.2 (HiClaw reference, 2.6). */
export const teamharness: TaskProtocol = {
  plans: false,
  reportsTo: 'sender',
  acknowledge: async (task, tools) =>
    await changing(task, tools, { status: 'in_progress', acknowledged_by_role: 'worker' }),
  async submit(task, { status, summary, deliverables, result }, tools) {
    const { disk } = tools.machine;
    if (result !== undefined) disk.write(`${task.folder}result.md`, result);
    await changing(task, tools, {
      status: 'submitted',
      result_status: status,
      summary,
      deliverables: deliverables.map((path) => `${task.folder}${path}`),
      submitted_by_role: 'worker',
      ...(result === undefined ? {} : { result_path: `${task.folder}result.md` }),
    });
    const files = [...(result === undefined ? [] : ['result.md']), ...deliverables];
    for (const path of files) {
      const content = disk.read(`${task.folder}${path}`);
      if (content !== undefined && content.length <= MAX_PUBLISHED_BYTES) await tools.publish(path, content);
    }
  },
  completionText: (taskId, summary) => `${taskId} - ${summary} Result: shared/tasks/${taskId}/result.md`,
};

/** Keys that it does not know stay. Gives why it cannot be done. */
async function changing(
  task: Task,
  tools: JobTools,
  changes: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const { machine, objects } = tools;
  const stored = metaSchema.safeParse(parseJson(machine.disk.read(`${task.folder}meta.json`)));
  if (!stored.success) return 'taskflow failed: meta.json is missing';
  const { status, project_id: project } = stored.data;
  if (typeof status === 'string' && TERMINAL.has(status)) return `task is ${status}`;
  if (typeof project === 'string' && project !== '') {
    const found = await objects.get(`shared/projects/${project}/meta.json`);
    if (found === undefined) return `project ${project} could not be pulled; try again`;
  }
  machine.disk.write(
    `${task.folder}meta.json`,
    `${JSON.stringify({ ...stored.data, ...changes }, undefined, 2)}\n`,
  );
  await pushTask(task, tools);
  return undefined;
}
