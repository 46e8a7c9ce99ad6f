import { pushTask, type TaskProtocol } from './protocol.ts';

/** Workers of HiClaw 1.0: files alone; nothing in meta.json is looked at (HiClaw reference, 2.4). */
export const filesProtocol: TaskProtocol = {
  plans: true,
  reportsTo: 'manager',
  acknowledge: () => Promise.resolve(undefined),
  async submit(task, { result }, tools) {
    if (result !== undefined) tools.machine.disk.write(`${task.folder}result.md`, result);
    await pushTask(task, tools);
  },
  completionText: (taskId, summary, wantsId) => (wantsId ? `${taskId} - ${summary}` : summary),
};
