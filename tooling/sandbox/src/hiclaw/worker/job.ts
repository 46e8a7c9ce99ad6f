import { isoSeconds } from '../clock.ts';
import type { Behaviour, DeliveredFile } from './behaviour.ts';
import {
  asksForFileSync,
  deliverablesIn,
  forbidsRepetition,
  reportTo,
  titleOf,
  wantsStatusLines,
  wantsTaskIdInLine,
} from './instructions.ts';
import type { JobTools } from './tasks/tools.ts';
import { pushTask, type Submission, type Task, type TaskProtocol } from './tasks/protocol.ts';
import { summaryOf, writeDeliverable, writeResult } from './scripted-model.ts';

export interface Job {
  readonly taskId: string;
  /** The whole turn's text; several messages may be in it. */
  readonly message: string;
  readonly behaviour: Behaviour;
  readonly protocol: TaskProtocol;
  /** Who sent the message. */
  readonly sender: string;
}

/** Its process is gone, as by a crash. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

/** `asked`: it waits for an answer in the room and goes on with it. */
export type JobOutcome = 'done' | 'asked';

/** One job from the message to the completion line, in the order of HiClaw reference, 2.4. */
export const runJob = async (job: Job, tools: JobTools): Promise<JobOutcome> => {
  const { machine, say } = tools;
  const { taskId, message, behaviour, protocol } = job;
  const folder = `shared/tasks/${taskId}/`;
  await say(
    `Received task ${taskId}, I am starting. If I get stuck I will report BLOCKED: <reason>. (simulated worker)`,
  );
  if (behaviour.kind === 'silent') return 'done';
  if (behaviour.kind === 'disconnected') machine.revokeTokens();
  const isTaken = protocol.plans && machine.disk.read(`${folder}spec.md`) !== undefined;
  if (asksForFileSync(message) || !isTaken) await machine.disk.pull(tools.objects, folder);
  const spec = machine.disk.read(`${folder}spec.md`);
  const coordinator = protocol.reportsTo === 'sender' ? job.sender : `@manager:${machine.serverName}`;
  const target = reportTo(spec ?? '', message, machine.userId, coordinator);
  const withId = wantsTaskIdInLine(`${spec ?? ''}\n${message}`, taskId);
  const report = (marker: string, text: string, id = taskId): Promise<void> => {
    const said =
      marker === 'TASK_COMPLETED'
        ? protocol.completionText(id, text, withId)
        : `${withId ? `${id} - ` : ''}${text}`;
    return say(`${target} ${marker}: ${said}`);
  };
  if (spec === undefined) {
    await report('BLOCKED', `${folder}spec.md is neither here nor in storage`);
    return 'done';
  }
  if (behaviour.kind === 'question') {
    await report('QUESTION', behaviour.text);
    return 'asked';
  }
  const isDone = (machine.disk.read(`${folder}result.md`) ?? '') !== '';
  if (behaviour.kind === 'complete' && behaviour.again !== true && isDone && forbidsRepetition(spec)) {
    await report('TASK_COMPLETED', 'the result was there already, simulated worker did nothing again');
    return 'done';
  }
  const task: Task = { taskId, folder, spec, sender: job.sender };
  const refusal = await protocol.acknowledge(task, tools);
  if (refusal !== undefined) {
    await report('BLOCKED', refusal);
    return 'done';
  }
  await beginWork(job, task, tools);
  for (const text of 'remarks' in behaviour ? (behaviour.remarks ?? []) : []) {
    // These words alone mean silence, and are never said (HiClaw reference, 2.4).
    if (text === 'NO_REPLY') continue;
    await say(text.replaceAll('{coordinator}', target).replaceAll('{task}', taskId));
  }
  const own = 'workDurationMs' in behaviour ? behaviour.workDurationMs : undefined;
  await machine.clock.sleep(own ?? machine.times.workMs, tools.signal);
  await finish(job, task, tools, report);
  return 'done';
};

/** Plan and first note, where the runtime keeps them. */
async function beginWork({ protocol }: Job, task: Task, tools: JobTools): Promise<void> {
  if (!protocol.plans) return;
  const { machine } = tools;
  const { taskId, folder, spec } = task;
  const startedAtMs = machine.clock.now();
  machine.disk.write(`${folder}plan.md`, plan(taskId, titleOf(spec, taskId), machine.name, startedAtMs));
  note(tools, folder, 'Read the spec', startedAtMs);
  await pushTask(task, tools);
}

async function finish(
  { behaviour, protocol }: Job,
  task: Task,
  tools: JobTools,
  report: (marker: string, text: string, id?: string) => Promise<void>,
): Promise<void> {
  const { machine, say } = tools;
  const { taskId, folder, spec } = task;
  const submit = async (submission: Submission): Promise<void> => {
    if (protocol.plans) note(tools, folder, 'Wrote the result', machine.clock.now());
    await protocol.submit(task, submission, tools);
  };
  switch (behaviour.kind) {
    case 'complete':
    case 'result-without-claim':
    case 'disconnected':
    case 'placeholder': {
      const files = filesOf(behaviour, taskId, spec);
      for (const file of files) machine.disk.write(`${folder}${file.path}`, contentOf(file));
      const deliverables = files.map((file) => file.path);
      const result = resultOf(behaviour, taskId, spec, deliverables);
      const told = behaviour.kind === 'complete' ? behaviour.summary : undefined;
      const summary = told ?? summaryOf(taskId, spec);
      await submit({ status: 'SUCCESS', summary, deliverables, result });
      if (behaviour.kind !== 'result-without-claim') await report('TASK_COMPLETED', summary);
      return;
    }
    case 'fail': {
      const { reason } = behaviour;
      const result = wantsStatusLines(spec)
        ? `STATUS: BLOCKED\nSUMMARY: ${reason}\nDELIVERABLES:\n`
        : `STATUS: BLOCKED\n\n${reason}\n`;
      await submit({ status: 'BLOCKED', summary: reason, deliverables: [], result });
      return await report('BLOCKED', reason);
    }
    case 'claim-without-result':
      return await report('TASK_COMPLETED', summaryOf(taskId, spec));
    case 'other-task': {
      const other = { ...task, taskId: behaviour.taskId, folder: `shared/tasks/${behaviour.taskId}/` };
      machine.disk.write(`${other.folder}result.md`, writeResult(behaviour.taskId, spec, []));
      await pushTask(other, tools);
      return await report('TASK_COMPLETED', summaryOf(behaviour.taskId, spec), behaviour.taskId);
    }
    case 'error-text':
      return await say(behaviour.text);
    case 'crash':
      if (behaviour.at === 'half-delivered') {
        machine.disk.write(`${folder}part-1.txt`, 'The first of two parts.\n');
        await pushTask(task, tools);
      }
      throw new WorkerDied('the sandbox was told to let this worker crash at work');
    case 'question':
    case 'silent':
      throw new Error(`${behaviour.kind} ends before the work`);
  }
}

const plan = (taskId: string, title: string, worker: string, startedAtMs: number): string =>
  [
    `# Task Plan: ${title}`,
    '',
    `**Task ID**: ${taskId}`,
    `**Assigned to**: ${worker}`,
    `**Started**: ${isoSeconds(startedAtMs)}`,
    '',
    '## Steps',
    '',
    '- [ ] Read the spec',
    '- [ ] Do the work',
    '- [ ] Write result.md',
    '',
    '## Notes',
    '',
    'Planned by a simulated worker.',
    '',
  ].join('\n');

const note = (tools: JobTools, folder: string, title: string, timeMs: number): void => {
  const time = new Date(timeMs).toISOString();
  const path = `${folder}progress/${time.slice(0, 'yyyy-mm-dd'.length)}.md`;
  const before = tools.machine.disk.read(path) ?? '';
  const entry = `## ${time.slice('yyyy-mm-ddT'.length, 'yyyy-mm-ddThh:mm'.length)} — ${title}\n\n- State: going on\n\n`;
  tools.machine.disk.write(path, before + entry);
};

const contentOf = (file: DeliveredFile): Uint8Array => {
  if ('text' in file) return Buffer.from(file.text);
  return 'base64' in file ? Buffer.from(file.base64, 'base64') : Buffer.alloc(file.sizeBytes, 'sandbox ');
};

const filesOf = (behaviour: Behaviour, taskId: string, spec: string): DeliveredFile[] => {
  if (behaviour.kind === 'complete' && behaviour.files !== undefined) return behaviour.files;
  return deliverablesIn(spec, taskId).map((path) => ({ path, text: writeDeliverable(path, taskId, spec) }));
};

const resultOf = (
  behaviour: Behaviour,
  taskId: string,
  spec: string,
  files: readonly string[],
): string | undefined => {
  if (behaviour.kind === 'complete' && behaviour.resultFile === false) return undefined;
  if (behaviour.kind === 'placeholder') return behaviour.text;
  if (behaviour.kind === 'complete' && behaviour.result !== undefined) return behaviour.result;
  return writeResult(taskId, spec, files);
};
